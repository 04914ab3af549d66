import type { IpAddress } from '../net/address.ts';
import type { CarpParameters } from './timers.ts';

/**
 * Who goes before whom, as a priority: the shorter the interval, the higher, strictly, between 1 and 254. Zero is kept
 * for a node that leaves, as in VRRP.
 */
export function carpPriority({ advbase, advskew }: Pick<CarpParameters, 'advbase' | 'advskew'>): number {
  return 254 - (253 * (advbase * 256 + advskew)) / 0x1_0000;
}

/**
 * Of two nodes with the same interval the "lower" address goes first. UCARP compares the raw words as little-endian
 * integers, so the last octet decides first; within a /24 that is the usual order.
 */
export function carpTieLost(theirs: IpAddress, ours: IpAddress): boolean {
  for (let index = ours.bytes.length - 1; index >= 0; index -= 1) {
    const difference = (theirs.bytes[index] ?? 0) - (ours.bytes[index] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
