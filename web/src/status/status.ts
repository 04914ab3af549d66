import { useQuery } from '@tanstack/react-query';
import type { StatusView } from '../../../src/api/contract.ts';
import type { HistoryView, OverviewView } from '../../../src/api/overview-contract.ts';
import { request } from '../api/request.ts';

export type { StatusView };

/** Longer than the node takes between two that it tells by itself. */
const pollMs = 1_500;
/** Requests that went to a node that lost its power hang; the next goes to the other one. */
const answerMs = 2_000;
/** After so long without an answer what the page shows is called old. */
const staleAfterMs = 3_500;

/** The parts of the heartbeat's status object that the page draws. */
export interface HeartbeatView {
  readonly state: 'init' | 'standby' | 'active' | 'fault';
  readonly sentence: string;
  readonly interface: string;
  readonly protocol: string;
  readonly vhid: number;
  readonly virtualAddresses: readonly { readonly address: string; readonly held: boolean }[];
  readonly peers: readonly {
    readonly address: string;
    readonly lastHeardMs: number;
    readonly paths: readonly { readonly name: string; readonly lastHeardMs: number }[];
  }[];
  readonly paths: readonly { readonly name: string; readonly open: boolean }[];
  readonly warnings: readonly string[];
  readonly maintenance: boolean;
  /** `follow`: it does not claim by itself. */
  readonly standing?: string;
  readonly timers: { readonly advertisementIntervalMs: number; readonly downIntervalMs: number };
  readonly gateway: { readonly address: string; readonly state: string } | null;
}

export interface Observation {
  /** The last status that arrived. */
  readonly status: StatusView | undefined;
  readonly heartbeat: HeartbeatView | undefined;
  /** Whether the node has stopped answering; what is shown is then what it said last. */
  readonly silent: boolean;
  /** When it last answered, in milliseconds since 1970; 0 before the first answer. */
  readonly answeredAt: number;
}

export const statusKey = ['status'] as const;
export const overviewKey = ['overview'] as const;
export const historyKey = ['history'] as const;

/** The node's status, once a second, whatever page is open: told as it happens, or asked for where nothing is told. */
export function useStatus(): Observation {
  const { data, dataUpdatedAt, failureCount, isError } = useQuery({
    queryKey: statusKey,
    queryFn: ({ signal }) => request<StatusView>('/status', { signal, timeoutMs: answerMs }),
    // The node tells it once a second (`live.ts`), and each time this wait begins anew.
    refetchInterval: pollMs,
    refetchIntervalInBackground: true,
    retry: false,
    staleTime: 0,
  });
  const old = dataUpdatedAt > 0 && Date.now() - dataUpdatedAt > staleAfterMs;
  return {
    status: data,
    heartbeat: heartbeatOf(data),
    silent: (isError || failureCount > 0) && (old || dataUpdatedAt === 0),
    answeredAt: dataUpdatedAt,
  };
}

function heartbeatOf(status: StatusView | undefined): HeartbeatView | undefined {
  const value = status?.heartbeat;
  return typeof value === 'object' && value !== null && 'timers' in value
    ? (value as HeartbeatView)
    : undefined;
}

/** All that the first page shows beside the status. */
export function useOverview() {
  return useQuery({
    queryKey: overviewKey,
    queryFn: ({ signal }) => request<OverviewView>('/overview', { signal }),
    refetchInterval: 10_000,
  });
}

/** When the role moved on this node, and who served in which epoch. */
export function useHistory() {
  return useQuery({
    queryKey: historyKey,
    queryFn: ({ signal }) => request<HistoryView>('/history', { signal }),
    refetchInterval: 5_000,
  });
}
