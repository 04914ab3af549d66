import type { Forgery } from '../authentication/receiver.ts';
import type { DecodeError } from './codec.ts';

/** Every reason for which a packet changes nothing. */
export type DropReason = DecodeError | Forgery | 'vrid' | 'own-source' | 'path';

/** Counters since the start (compare RFC 8347). */
export interface Stats {
  readonly sent: number;
  readonly sendErrors: number;
  /** Accepted advertisements of other nodes. */
  readonly received: number;
  /** Authentic copies of these, by another path. */
  readonly copies: number;
  readonly priorityZeroReceived: number;
  readonly priorityZeroSent: number;
  readonly dropped: Readonly<Partial<Record<DropReason, number>>>;
  /** Accepted, but the other side announces another interval than ours (R11). */
  readonly intervalMismatches: number;
  /** Accepted, but with another list of addresses (R12). */
  readonly addressMismatches: number;
  readonly becameActive: number;
  /** An address that was removed behind our back and put back. */
  readonly addressesPutBack: number;
  readonly claimErrors: number;
  /** Times this process was not scheduled for so long that silence proved nothing. */
  readonly stalls: number;
  readonly leasesLapsed: number;
}

export type Counter = Exclude<keyof Stats, 'dropped'>;

export const ZERO_STATS: Stats = {
  sent: 0,
  sendErrors: 0,
  received: 0,
  copies: 0,
  priorityZeroReceived: 0,
  priorityZeroSent: 0,
  dropped: {},
  intervalMismatches: 0,
  addressMismatches: 0,
  becameActive: 0,
  addressesPutBack: 0,
  claimErrors: 0,
  stalls: 0,
  leasesLapsed: 0,
};

export function count(stats: Stats, ...counters: readonly Counter[]): Stats {
  const next = { ...stats };
  for (const counter of counters) next[counter] += 1;
  return next;
}

export function countDropped(stats: Stats, reason: DropReason): Stats {
  return { ...stats, dropped: { ...stats.dropped, [reason]: (stats.dropped[reason] ?? 0) + 1 } };
}
