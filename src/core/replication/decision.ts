import { genesis, type Head } from './position.ts';

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
 * Binary search for the last entry that both journals share, by asking the standby for its hash at one sequence at
 * a time. Equality is monotone: equal at n means equal at everything before n.
 */
export interface CommonPointSearch {
  /** Known to be equal (0: the empty history always is). */
  readonly equalAt: number;
  /** Known to differ, or beyond one of the two journals. */
  readonly differentAt: number;
}

export function beginCommonPointSearch(active: ActiveHistory, standby: Head): CommonPointSearch {
  const last = Math.min(active.head.position.sequence, standby.position.sequence);
  return { equalAt: genesis.position.sequence, differentAt: last + 1 };
}

/** The next sequence to ask for; undefined when `equalAt` is the common point. */
export function nextProbe(search: CommonPointSearch): number | undefined {
  if (search.differentAt - search.equalAt <= 1) return undefined;
  return search.equalAt + Math.floor((search.differentAt - search.equalAt) / 2);
}

/**
 * The standby's answer for `sequence`. An entry trimmed on either side compares as different unless a later one was
 * equal, so the common point is never placed too late: rather one entry too many in quarantine than one too few.
 */
export function narrow(search: CommonPointSearch, sequence: number, equal: boolean): CommonPointSearch {
  return equal ? { ...search, equalAt: sequence } : { ...search, differentAt: sequence };
}
