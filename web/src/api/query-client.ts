import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { ApiError } from './request.ts';

const mostRetries = 2;
const signedOutListeners = new Set<() => void>();

/** Calls back when the node says that nobody is signed in any more; returns how to stop. */
export function whenSignedOut(listener: () => void): () => void {
  signedOutListeners.add(listener);
  return () => void signedOutListeners.delete(listener);
}

function notice(error: Error): void {
  if (error instanceof ApiError && error.code === 'api.not-signed-in')
    for (const each of signedOutListeners) each();
}

/** A refusal is not repeated; an answer that did not come is asked for again. */
export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError: notice }),
  mutationCache: new MutationCache({ onError: notice }),
  defaultOptions: {
    queries: {
      staleTime: 2_000,
      retry: (failures, error) => failures < mostRetries && error instanceof ApiError && error.status === 0,
      retryDelay: 500,
      networkMode: 'always',
    },
    mutations: { networkMode: 'always' },
  },
});
