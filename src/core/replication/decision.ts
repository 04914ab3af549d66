import type { Head } from './position.ts';

/** What the active's journal can answer about itself. */
export interface ActiveHistory {
  readonly head: Head;
  /** The first sequence the journal still holds; 1 until it was trimmed. */
  readonly firstSequence: number;
  /** The hash of the entry with this sequence; for 0 the genesis hash; undefined when trimmed or not yet written. */
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
  const known = sequence >= active.firstSequence ? active.hashAt(sequence) : undefined;
  if (known === standby.hash) {
    if (asked === 'snapshot') return { kind: 'snapshot', reason: 'asked' };
    return { kind: 'tail', after: sequence };
  }
  if (sequence < active.firstSequence) return { kind: 'snapshot', reason: 'trimmed' };
  return { kind: 'diverged' };
}

/**
 * The last sequence up to which two journals are the same, by binary search: equal hashes at n mean equal entries up to
 * n. `last` is the shorter journal's newest sequence. An entry that one side has trimmed compares as different, which
 * can only place the point too early: rather one entry too many in quarantine than one too few.
 */
export function findCommonPoint(last: number, sameAt: (sequence: number) => boolean): number {
  let equal = 0;
  let different = last + 1;
  while (different - equal > 1) {
    const middle = equal + Math.floor((different - equal) / 2);
    if (sameAt(middle)) equal = middle;
    else different = middle;
  }
  return equal;
}
