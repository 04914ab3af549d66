import {
  defaultGroup,
  type EffectiveProperties,
  effectiveProperties,
  type Properties,
} from '../core/accounts/properties.ts';
import type { Group } from '../store/group/group.ts';
import type { User } from '../store/user/user.ts';

/** A user with what counts: what is said of the user before the group before everybody. */
export interface StandingUser extends User, EffectiveProperties {
  /** Whether this very user is blocked, apart from the group. */
  readonly ownBlocked: boolean;
}

interface AccountsSource {
  readonly users: { find(name: string): User | undefined; list(): User[] };
  readonly groups: { find(name: string): Group | undefined; list(): Group[] };
}

export function findStandingUser(source: AccountsSource, name: string): StandingUser | undefined {
  const user = source.users.find(name);
  if (user === undefined) return undefined;
  const group = user.group === undefined ? undefined : source.groups.find(user.group)?.properties;
  return standing(user, group, source.groups.find(defaultGroup)?.properties);
}

/** Ordered by name. */
export function listStandingUsers(source: AccountsSource): StandingUser[] {
  const groups = new Map(source.groups.list().map((group) => [group.name, group.properties]));
  return source.users
    .list()
    .map((user) => standing(user, groups.get(user.group ?? ''), groups.get(defaultGroup)));
}

function standing(
  user: User,
  group: Properties | undefined,
  everybody: Properties | undefined,
): StandingUser {
  const own = { ...user.properties, blocked: user.blocked };
  return { ...user, ownBlocked: user.blocked, ...effectiveProperties(own, group ?? {}, everybody ?? {}) };
}
