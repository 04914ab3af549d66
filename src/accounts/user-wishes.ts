import { TandemError } from '../core/errors.ts';
import { formatCommonName } from '../core/openvpn/common-name.ts';
import { parseIpv4, parseNetwork } from '../core/openvpn/ipv4.ts';
import { isClientAddress } from '../core/openvpn/pool.ts';
import { readVpnSettings } from '../settings/read.ts';
import type { ClientAddress } from '../store/client-address/client-address.ts';
import type { Transaction } from '../store/transaction.ts';
import type { UserChanges } from '../store/user/user.ts';
import { badProfileName } from './errors.ts';

/** What an administrator wants of a user; what is not named stays. */
export interface UserWishes {
  readonly administrator?: boolean | undefined;
  /** Milliseconds since 1970; null for never. */
  readonly expiresAt?: number | null | undefined;
  /** Networks in CIDR form, instead of those from before. */
  readonly routes?: readonly string[] | undefined;
  /** The VPN address of one of the user's profiles, whether it was made already or not. */
  readonly address?: { readonly profile: string; readonly ipv4: string } | undefined;
}

const mostRoutes = 32;

/** @throws TandemError `accounts.user.expiry`, `accounts.user.route`, `accounts.user.address`, `accounts.profile.name` */
export function checkedChanges(
  transaction: Transaction,
  name: string,
  wishes: UserWishes,
  now: number,
): { changes: UserChanges; address: ClientAddress | undefined } {
  const { administrator, expiresAt, routes, address } = wishes;
  const changes: UserChanges = {
    ...(administrator === undefined ? {} : { administrator }),
    ...(expiresAt === undefined ? {} : { expiresAt: checkedExpiry(name, expiresAt, now) }),
    ...(routes === undefined ? {} : { routes: checkedRoutes(routes) }),
  };
  return {
    changes,
    address: address === undefined ? undefined : checkedAddress(transaction, name, address),
  };
}

function checkedExpiry(name: string, expiresAt: number | null, now: number): number | undefined {
  if (expiresAt === null) return undefined;
  if (expiresAt > now) return expiresAt;
  throw new TandemError({
    code: 'accounts.user.expiry',
    culprit: 'caller',
    message: `${new Date(expiresAt).toISOString()} is past: an account expires at a time to come.`,
    hint: `To end it now: tandem user block ${name}`,
  });
}

function checkedRoutes(routes: readonly string[]): readonly string[] {
  const wrong = routes.find((route) => parseNetwork(route) === undefined);
  if (wrong === undefined && routes.length <= mostRoutes) return [...new Set(routes)];
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

function checkedAddress(
  transaction: Transaction,
  userName: string,
  wish: { readonly profile: string; readonly ipv4: string },
): ClientAddress {
  const commonName = formatCommonName({ username: userName, profile: wish.profile });
  if (commonName === undefined) throw badProfileName(wish.profile);
  const text = readVpnSettings(transaction).network;
  const [network, address] = [parseNetwork(text), parseIpv4(wish.ipv4)];
  if (network !== undefined && address !== undefined && isClientAddress(network, address)) {
    return { commonName, ipv4: wish.ipv4 };
  }
  throw new TandemError({
    code: 'accounts.user.address',
    culprit: 'caller',
    message: `${JSON.stringify(wish.ipv4)} is not an address for a client of the VPN network ${text}.`,
    hint: 'Choose one inside it; its first two addresses and its last are taken by the network itself',
  });
}
