import { parseAccessRule } from '../core/accounts/access-rule.ts';
import type { Properties, PropertyName } from '../core/accounts/properties.ts';
import { TandemError } from '../core/errors.ts';
import { networkSchema } from '../settings/vpn.ts';

/** What is to be said of a user or a group from now on; what is not named stays. */
export interface PropertyWishes {
  readonly administrator?: boolean | undefined;
  readonly readOnly?: boolean | undefined;
  readonly autoLogin?: boolean | undefined;
  readonly oneTimeCode?: boolean | undefined;
  /** Milliseconds since 1970; null for never. */
  readonly expiresAt?: number | null | undefined;
  /** Networks in CIDR form, instead of those from before. */
  readonly routes?: readonly string[] | undefined;
  /** All that may be reached, instead of what was said before; null for everything that is routed. */
  readonly access?: readonly string[] | null | undefined;
  /** Nothing is said of these any more: the group's word counts, or everybody's. */
  readonly inherit?: readonly PropertyName[] | undefined;
}

const mostRoutes = 32;
const mostRules = 64;

/**
 * The properties after the wishes.
 * @throws TandemError `accounts.user.expiry`, `accounts.user.route`, `accounts.access-rule`
 */
export function withWishes(properties: Properties, wishes: PropertyWishes, now: number): Properties {
  const { inherit = [], ...rest } = wishes;
  const next: Record<string, unknown> = { ...properties };
  const names = [
    'administrator',
    'readOnly',
    'autoLogin',
    'oneTimeCode',
    'expiresAt',
    'routes',
    'access',
  ] as const;
  for (const name of names) if (rest[name] !== undefined) next[name] = rest[name];
  for (const name of inherit) delete next[name];
  const wished: Properties = next;
  if (rest.expiresAt !== undefined) checkExpiry(rest.expiresAt, now);
  if (rest.routes !== undefined) checkRoutes(rest.routes);
  if (rest.access !== undefined && rest.access !== null) checkRules(rest.access);
  return {
    ...wished,
    ...(wished.routes === undefined ? {} : { routes: [...new Set(wished.routes)] }),
  };
}

function checkExpiry(expiresAt: number | null, now: number): void {
  if (expiresAt === null || expiresAt > now) return;
  throw new TandemError({
    code: 'accounts.user.expiry',
    culprit: 'caller',
    message: `${new Date(expiresAt).toISOString()} is past: an account expires at a time to come.`,
    hint: 'To end it now, block it: tandem user block NAME',
  });
}

function checkRoutes(routes: readonly string[]): void {
  const wrong = routes.find((route) => !networkSchema.safeParse(route).success);
  if (wrong === undefined && routes.length <= mostRoutes) return;
  throw new TandemError({
    code: 'accounts.user.route',
    culprit: 'caller',
    message:
      wrong === undefined
        ? `${routes.length} routes are more than the ${mostRoutes} that one user can have.`
        : `${JSON.stringify(wrong)} is not a network.`,
    hint: 'Write networks as 10.20.0.0/16, with no bits set behind the prefix',
  });
}

function checkRules(rules: readonly string[]): void {
  const wrong = rules.find((rule) => parseAccessRule(rule) === undefined);
  if (wrong === undefined && rules.length <= mostRules) return;
  throw new TandemError({
    code: 'accounts.access-rule',
    culprit: 'caller',
    message:
      wrong === undefined
        ? `${rules.length} access rules are more than the ${mostRules} that one user or group can have.`
        : `${JSON.stringify(wrong)} is not an access rule.`,
    hint: 'Write 10.20.0.0/16, 10.20.0.5, "10.20.0.5 tcp 443" or "10.20.0.0/16 udp 53,5000-5010"',
  });
}
