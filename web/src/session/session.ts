import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { SessionView } from '../../../src/api/web-session-contract.ts';
import { ApiError, rememberCsrfToken, request } from '../api/request.ts';

export interface Session {
  readonly user: string;
  readonly role: 'administrator' | 'read-only' | 'user';
}

export interface Credentials {
  readonly user: string;
  readonly password: string;
  readonly code?: string;
}

const sessionKey = ['session'] as const;

/** Who is signed in; null when nobody is, undefined while that is not known. */
export function useSession(): Session | null | undefined {
  const { data } = useQuery({
    queryKey: sessionKey,
    queryFn: currentSession,
    staleTime: Number.POSITIVE_INFINITY,
    retry: (_, error) => error instanceof ApiError && error.status === 0,
    retryDelay: 1_000,
  });
  return data;
}

async function currentSession(): Promise<Session | null> {
  return sessionOf(await request<SessionView>('/session'));
}

/** Also remembers what changes must be sent with. */
function sessionOf({ user, role, csrf }: SessionView): Session | null {
  rememberCsrfToken(csrf ?? '');
  return user === null || role === null ? null : { user, role };
}

export function useSignIn() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (credentials: Credentials) =>
      request<SessionView>('/session', { method: 'POST', body: credentials }),
    onSuccess: (answer) => client.setQueryData(sessionKey, sessionOf(answer)),
  });
}

/** For an answer that replaces the session one has. */
export function useTakeSession(): (answer: SessionView) => void {
  const client = useQueryClient();
  return (answer) => client.setQueryData(sessionKey, sessionOf(answer));
}

export function useSignOut() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => request<void>('/session', { method: 'DELETE' }),
    onSettled: () => {
      client.clear();
      client.setQueryData(sessionKey, null);
    },
  });
}

/** The node has ended the session: the sign-in page comes back, and with it the page that was open. */
export function sessionEnded(client: ReturnType<typeof useQueryClient>): void {
  client.setQueryData(sessionKey, null);
}
