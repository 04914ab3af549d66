import { useQuery } from '@tanstack/react-query';
import type {
  FailoverAnswer,
  FailoverChangeRequest,
  FailoverChangeView,
  FailoverRequest,
  FailoverView,
  FreeVhidAnswer,
  HostKeyAnswer,
  MakingAnswer,
  UnpairAnswer,
  ValidationAnswer,
  ValidationRequest,
} from '../../../src/api/failover-contract.ts';
import { request } from '../api/request.ts';

export type {
  FailoverChangeRequest,
  FailoverChangeView,
  FailoverRequest,
  FailoverView,
  MakingAnswer,
  ValidationAnswer,
};

export const failoverKey = ['failover'] as const;
export const validationKey = [...failoverKey, 'validation'] as const;
const commitTimeoutMs = 180_000;
const unpairTimeoutMs = 20_000;
const runningMs = 400;

export function useFailover() {
  return useQuery({
    queryKey: failoverKey,
    queryFn: ({ signal }) => request<FailoverView>('/failover', { signal }),
  });
}

/** The rows of the validation that runs or ran last, filling while it runs. */
export function useValidation(watched: boolean) {
  return useQuery({
    queryKey: validationKey,
    queryFn: ({ signal }) => request<ValidationAnswer>('/failover/validation', { signal }),
    enabled: watched,
    refetchInterval: ({ state }) => (state.data?.running === false ? false : runningMs),
    staleTime: 0,
  });
}

/** How far the pair is that is being made. */
export function useMaking(watched: boolean) {
  return useQuery({
    queryKey: [...failoverKey, 'making'],
    queryFn: ({ signal }) => request<MakingAnswer>('/failover/making', { signal, timeoutMs: 3_000 }),
    enabled: watched,
    refetchInterval: runningMs,
    staleTime: 0,
    gcTime: 0,
  });
}

export const startValidation = (wish: ValidationRequest): Promise<ValidationAnswer> => {
  const { virtualAddress, address6, virtualMac, vhid, peer, multicast, unicast, secondPath } = wish;
  return request('/failover/validation', {
    method: 'POST',
    body: { virtualAddress, address6, virtualMac, vhid, peer, multicast, unicast, secondPath },
  });
};

/** Listens to the LAN for some seconds. */
export const pickFreeVhid = (): Promise<FreeVhidAnswer> => request('/failover/free-vhid', { method: 'POST' });

/** By what the machine at an address is known; nothing is sent to it beyond that. */
export const presentedHostKey = (address: string, port: number): Promise<HostKeyAnswer> =>
  request('/failover/host-key', { method: 'POST', body: { address, port } });

export const commit = (wish: FailoverRequest): Promise<FailoverAnswer> =>
  request('/failover', { method: 'POST', body: wish, timeoutMs: commitTimeoutMs });

export const unpair = (peerGone: boolean): Promise<UnpairAnswer> =>
  request(peerGone ? '/failover?peerGone=true' : '/failover', {
    method: 'DELETE',
    timeoutMs: unpairTimeoutMs,
  });

/** Begins to change both nodes; with `dryRun` nothing changes, and the answer says what would. */
export const changePair = (changes: FailoverChangeRequest): Promise<FailoverChangeView> =>
  request('/failover', { method: 'PATCH', body: changes });

/** How far a change of the pair is. */
export function useChange(watched: boolean) {
  return useQuery({
    queryKey: [...failoverKey, 'change'],
    queryFn: ({ signal }) => request<FailoverChangeView>('/failover/change', { signal, timeoutMs: 2_000 }),
    enabled: watched,
    refetchInterval: ({ state }) =>
      state.data === undefined || state.data.state === 'running' ? runningMs : false,
    staleTime: 0,
    gcTime: 0,
    retry: 60,
    retryDelay: runningMs,
  });
}

export const rotateHeartbeatKey = (): Promise<FailoverChangeView> =>
  request('/failover/key', { method: 'POST', timeoutMs: unpairTimeoutMs });
