import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type {
  GenericProfileAnswer,
  OneTimeKeyAnswer,
  ProfileAnswer,
  UserChangesRequest,
  UserListView,
  UserView,
  WriteAnswer,
} from '../../../src/api/contract.ts';
import type { BulkAnswer, LinkAnswer, UserImportAnswer } from '../../../src/api/user-bulk-contract.ts';
import { request } from '../api/request.ts';

export type { UserView };

export const usersKey = ['users'] as const;
export const usersPerPage = 50;

export const userFilters = [
  ['all', 'Everybody'],
  ['active', 'Who may log in'],
  ['blocked', 'Blocked'],
  ['locked-out', 'Locked out'],
  ['expired', 'Expired'],
] as const;
export type UserFilter = (typeof userFilters)[number][0];

export interface UserSearch {
  readonly search: string;
  readonly filter: UserFilter;
  readonly offset: number;
}

/** A page of users, as the node found them. */
export function useUsers({ search, filter, offset }: UserSearch) {
  return useQuery({
    queryKey: [...usersKey, 'page', search, filter, offset],
    queryFn: ({ signal }) => {
      const query = new URLSearchParams({
        state: filter,
        offset: String(offset),
        limit: String(usersPerPage),
      });
      if (search !== '') query.set('search', search);
      return request<UserListView>(`/users?${query}`, { signal });
    },
    placeholderData: keepPreviousData,
    refetchInterval: 10_000,
  });
}

export function useUser(name: string) {
  return useQuery({
    queryKey: [...usersKey, 'one', name],
    queryFn: ({ signal }) => request<UserView>(pathOf(name), { signal }),
    refetchInterval: 10_000,
  });
}

function pathOf(name: string): string {
  return `/users/${encodeURIComponent(name)}`;
}

export const addUser = (name: string, password: string): Promise<WriteAnswer> =>
  request('/users', { method: 'POST', body: { name, password } });
export const removeUser = (name: string): Promise<WriteAnswer> => request(pathOf(name), { method: 'DELETE' });
export const changeUser = (name: string, changes: UserChangesRequest): Promise<WriteAnswer> =>
  request(pathOf(name), { method: 'PATCH', body: changes });
export const setBlocked = (name: string, blocked: boolean): Promise<WriteAnswer> =>
  request(`${pathOf(name)}/${blocked ? 'block' : 'unblock'}`, { method: 'POST' });
export const setPassword = (name: string, password: string): Promise<WriteAnswer> =>
  request(`${pathOf(name)}/password`, { method: 'PUT', body: { password } });
export const makeOneTimeKey = (name: string, renew: boolean): Promise<OneTimeKeyAnswer> =>
  request(`${pathOf(name)}/one-time-code`, { method: 'POST', body: { renew } });
export const removeOneTimeKey = (name: string): Promise<WriteAnswer> =>
  request(`${pathOf(name)}/one-time-code`, { method: 'DELETE' });
export const getProfile = (
  user: string,
  name: string,
  kind?: 'user-locked' | 'auto-login',
): Promise<ProfileAnswer> =>
  request(`${pathOf(user)}/profiles`, {
    method: 'POST',
    body: { name, ...(kind === undefined ? {} : { kind }) },
  });
/** The one with which every user may log in. */
export const getGenericProfile = (): Promise<GenericProfileAnswer> =>
  request('/profiles/generic', { method: 'POST', body: {} });
export const revokeGenericProfile = (): Promise<WriteAnswer> =>
  request('/profiles/generic', { method: 'DELETE' });
/** Good once and for a day; whoever opens it gets the profile. */
export const linkToProfile = (user: string, name: string): Promise<LinkAnswer> =>
  request(`${pathOf(user)}/profiles/${encodeURIComponent(name)}/link`, { method: 'POST' });
export const revokeProfile = (user: string, name: string): Promise<WriteAnswer> =>
  request(`${pathOf(user)}/profiles/${encodeURIComponent(name)}`, { method: 'DELETE' });
export const changeMany = (
  users: readonly string[],
  action: 'block' | 'unblock' | 'remove' | 'group',
  group?: string | null,
): Promise<BulkAnswer> =>
  request('/users/bulk', {
    method: 'POST',
    body: { action, users, ...(action === 'group' ? { group } : {}) },
    timeoutMs: 120_000,
  });
/** With `dryRun` nobody is added: the answer says which lines are wrong. */
export const importUsers = (csv: string, dryRun: boolean): Promise<UserImportAnswer> =>
  request('/users/import', { method: 'POST', body: { csv, dryRun }, timeoutMs: 600_000 });
