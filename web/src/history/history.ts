import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type {
  DiscardAnswer,
  DivergenceDetailView,
  DivergenceListView,
  ExportAnswer,
  JournalView,
  ReapplyAnswer,
} from '../../../src/api/replica-contract.ts';
import { request } from '../api/request.ts';

export type { DivergenceView } from '../../../src/api/replica-contract.ts';

export const journalKey = ['journal'] as const;
export const divergencesKey = ['divergences'] as const;

/** The newest changes, newest last, as the journal keeps them. */
export function useJournal(last: number) {
  return useQuery({
    queryKey: [...journalKey, last],
    queryFn: ({ signal }) => request<JournalView>(`/journal?last=${last}`, { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: 5_000,
  });
}

export function useDivergences() {
  return useQuery({
    queryKey: divergencesKey,
    queryFn: ({ signal }) => request<DivergenceListView>('/replica/divergences', { signal }),
    refetchInterval: 10_000,
  });
}

const pathOf = (id: string): string => `/replica/divergences/${encodeURIComponent(id)}`;

export function useDivergence(id: string) {
  return useQuery({
    queryKey: [...divergencesKey, id],
    queryFn: ({ signal }) => request<DivergenceDetailView>(pathOf(id), { signal }),
  });
}

/** Without an entry all that are open. */
export const reapply = (id: string, entry?: number): Promise<ReapplyAnswer> =>
  request(`${pathOf(id)}/reapply`, { method: 'POST', body: entry === undefined ? {} : { entry } });
export const discard = (id: string, reason: string, entry?: number): Promise<DiscardAnswer> =>
  request(`${pathOf(id)}/discard`, {
    method: 'POST',
    body: { reason, ...(entry === undefined ? {} : { entry }) },
  });
export const exportDivergence = (id: string): Promise<ExportAnswer> =>
  request(`${pathOf(id)}/export`, { method: 'POST' });
