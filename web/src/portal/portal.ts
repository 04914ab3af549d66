import { useQuery } from '@tanstack/react-query';
import type { ProfileAnswer, UserView, WriteAnswer } from '../../../src/api/contract.ts';
import type { SessionListView } from '../../../src/api/session-contract.ts';
import type { LinkAnswer } from '../../../src/api/user-bulk-contract.ts';
import type { SessionView, WebSessionListView } from '../../../src/api/web-session-contract.ts';
import { request } from '../api/request.ts';

export const meKey = ['me'] as const;

export function useMe() {
  return useQuery({
    queryKey: [...meKey, 'account'],
    queryFn: ({ signal }) => request<UserView>('/me', { signal }),
  });
}

export function useMyConnections() {
  return useQuery({
    queryKey: [...meKey, 'connections'],
    queryFn: ({ signal }) => request<SessionListView>('/me/sessions', { signal }),
    refetchInterval: 5_000,
  });
}

export function useMyWebSessions() {
  return useQuery({
    queryKey: [...meKey, 'web-sessions'],
    queryFn: ({ signal }) => request<WebSessionListView>('/me/web-sessions', { signal }),
    refetchInterval: 15_000,
  });
}

export const getMyProfile = (name: string): Promise<ProfileAnswer> =>
  request('/me/profiles', { method: 'POST', body: { name } });
/** Good once and for a day; whoever opens it gets the profile. */
export const linkToMyProfile = (name: string): Promise<LinkAnswer> =>
  request(`/me/profiles/${encodeURIComponent(name)}/link`, { method: 'POST' });
export const revokeMyProfile = (name: string): Promise<WriteAnswer> =>
  request(`/me/profiles/${encodeURIComponent(name)}`, { method: 'DELETE' });
/** Every session ends; the answer opens the next one. */
export const changeMyPassword = (current: string, password: string): Promise<SessionView> =>
  request('/me/password', { method: 'POST', body: { current, password } });
/** The key counts only when the app has shown a code of it. */
export const beginOneTimeCode = (current: string): Promise<{ readonly key: string; readonly uri: string }> =>
  request('/me/one-time-code/begin', { method: 'POST', body: { current } });
export const confirmOneTimeCode = (code: string): Promise<WriteAnswer> =>
  request('/me/one-time-code/confirm', { method: 'POST', body: { code } });
export const endMyConnection = (id: string): Promise<unknown> =>
  request(`/me/sessions/${encodeURIComponent(id)}/disconnect`, { method: 'POST' });
export const endMyWebSession = (id: string): Promise<unknown> =>
  request(`/me/web-sessions/${encodeURIComponent(id)}`, { method: 'DELETE' });
