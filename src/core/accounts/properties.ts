/** What can be said of a user, of a group and of everybody. What is left out is not said there. Times are milliseconds since 1970. */
export interface Properties {
  readonly administrator?: boolean;
  /** May see what an administrator sees, and change nothing. */
  readonly readOnly?: boolean;
  readonly blocked?: boolean;
  /** Null: never. */
  readonly expiresAt?: number | null;
  /** Whether profiles that need no password may be given out and used. */
  readonly autoLogin?: boolean;
  /** Whether a one-time code is asked beside the password. */
  readonly oneTimeCode?: boolean;
  /** Networks reached through the VPN beside those of everybody, in CIDR form. */
  readonly routes?: readonly string[];
  /** All that may be reached (`access-rule.ts`); null: everything that is routed. */
  readonly access?: readonly string[] | null;
}

export type PropertyName = keyof Properties;

/** What counts for one user. */
export interface EffectiveProperties {
  readonly administrator: boolean;
  readonly readOnly: boolean;
  readonly blocked: boolean;
  /** Undefined: never. */
  readonly expiresAt: number | undefined;
  readonly autoLogin: boolean;
  readonly oneTimeCode: boolean;
  readonly routes: readonly string[];
  /** Undefined: everything that is routed. */
  readonly access: readonly string[] | undefined;
}

/** The group whose properties count for everybody, unless the user or the user's group says otherwise. */
export const defaultGroup = 'default';

/**
 * What counts for a user: what is said of the user before what is said of the group, before what is said of everybody.
 * Each property goes its own way. Only a block counts wherever it is said: a user of a blocked group is blocked.
 */
export function effectiveProperties(
  user: Properties,
  group: Properties,
  everybody: Properties,
): EffectiveProperties {
  const said: Properties = { ...everybody, ...group, ...user };
  return {
    administrator: said.administrator ?? false,
    readOnly: said.readOnly ?? false,
    blocked: [user, group, everybody].some((one) => one.blocked === true),
    expiresAt: said.expiresAt ?? undefined,
    autoLogin: said.autoLogin ?? false,
    oneTimeCode: said.oneTimeCode ?? false,
    routes: said.routes ?? [],
    access: said.access ?? undefined,
  };
}

/** Where a property of a user comes from. */
export function sourceOf(
  name: PropertyName,
  user: Properties,
  group: Properties,
  everybody: Properties,
): 'user' | 'group' | 'default' | 'built-in' {
  if (user[name] !== undefined) return 'user';
  if (group[name] !== undefined) return 'group';
  return everybody[name] === undefined ? 'built-in' : 'default';
}
