import type { Head } from './position.ts';

/** What the active's journal can answer about itself. */
export interface ActiveHistory {
  readonly head: Head;
  /** The first sequence the journal still holds; 1 until it was trimmed. */
  readonly firstSequence: number;
  /** The hash of the entry with this sequence, also of a trimmed one while it is known; for 0 the genesis hash. */
  hashAt(sequence: number): string | undefined;
}

export type Decision =
  /** The standby's history is a prefix of the active's: send what follows `after`. */
  | { readonly kind: 'tail'; readonly after: number }
  /** The standby has nothing to keep, or what it misses was trimmed: send a whole copy. */
  | { readonly kind: 'snapshot'; readonly reason: 'new' | 'trimmed' | 'asked' }
  /** The standby holds entries that the active does not know: they are quarantined, then a whole copy follows. */
  | { readonly kind: 'diverged' };

/**
 * What a standby with `standby` as its head needs (DESIGN, "Life of a return"). Because each hash covers all
 * entries before it, one equal hash proves that one history is a prefix of the other.
 */
export function decide(active: ActiveHistory, standby: Head, asked: 'whatever' | 'snapshot'): Decision {
  const { sequence } = standby.position;
  if (sequence === 0) {
    if (active.head.position.sequence === 0) return { kind: 'tail', after: 0 };
    return { kind: 'snapshot', reason: 'new' };
  }
  const known = active.hashAt(sequence);
  if (known === standby.hash) {
    if (asked === 'snapshot') return { kind: 'snapshot', reason: 'asked' };
    // The entry itself may be gone as long as the next one is not.
    return sequence >= active.firstSequence - 1
      ? { kind: 'tail', after: sequence }
      : { kind: 'snapshot', reason: 'trimmed' };
  }
  if (known === undefined && sequence < active.firstSequence) return { kind: 'snapshot', reason: 'trimmed' };
  return { kind: 'diverged' };
}

/**
 * The last sequence up to which two journals are the same, by binary search: equal hashes at n mean equal entries up to
 * n. `first` and `last` are the oldest and newest sequences that both know. Where not even the oldest is equal the answer is the
 * one before it: rather entries too many in quarantine than one too few.
 */
export function findCommonPoint(
  { first, last }: { readonly first: number; readonly last: number },
  sameAt: (sequence: number) => boolean,
): number {
  let equal = Math.min(first - 1, last);
  let different = last + 1;
  while (different - equal > 1) {
    const middle = equal + Math.floor((different - equal) / 2);
    if (sameAt(middle)) equal = middle;
    else different = middle;
  }
  return equal;
}
