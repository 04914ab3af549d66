import { useQueryClient } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { ApiError } from '../api/request.ts';
import { Notice } from '../look/notice.tsx';

/** While no answer comes, says so; the questions are repeated by themselves. For pages that do not watch the status. */
export function SilenceNotice() {
  const cache = useQueryClient().getQueryCache();
  const silent = useSyncExternalStore(
    (listener) => cache.subscribe(listener),
    () =>
      cache.getAll().some(({ state }) => {
        const error = state.error ?? state.fetchFailureReason;
        return error instanceof ApiError && error.status === 0;
      }),
  );
  if (!silent) return null;
  return (
    <Notice state="warning" title="The server does not answer at this moment." announce>
      This page keeps trying and comes back by itself.
    </Notice>
  );
}
