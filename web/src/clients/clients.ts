import { useQuery } from '@tanstack/react-query';
import type { DisconnectAnswer, SessionListView, SessionView } from '../../../src/api/session-contract.ts';
import { request } from '../api/request.ts';

export type ClientView = SessionView;

export const clientsKey = ['clients'] as const;

export function useClients() {
  return useQuery({
    queryKey: clientsKey,
    queryFn: ({ signal }) => request<SessionListView>('/sessions', { signal }),
    refetchInterval: 3_000,
  });
}

export const disconnect = (id: string): Promise<DisconnectAnswer> =>
  request(`/sessions/${encodeURIComponent(id)}/disconnect`, {
    method: 'POST',
    body: { reason: 'disconnected by an administrator' },
  });

export function matching(clients: readonly ClientView[], search: string): readonly ClientView[] {
  const wanted = search.trim().toLowerCase();
  if (wanted === '') return clients;
  return clients.filter(({ user, profile, vpnAddress, realAddress }) =>
    [user, profile, vpnAddress, realAddress].some((one) => one.toLowerCase().includes(wanted)),
  );
}
