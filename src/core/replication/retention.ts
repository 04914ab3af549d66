import type { ReplicationSettings } from './settings.ts';

/** The newest entries always stay: a node that was away for a moment gets them, whatever their age. */
const alwaysKept = 1_000;
/** What the standby lacks is kept beyond the usual size, up to so many times. Then a whole copy costs less than the entries. */
const patience = 4;
const dayMs = 86_400_000;

export interface JournalFacts {
  /** The newest sequence. */
  readonly head: number;
  /** Up to here every node that is to have the entries has them. */
  readonly everywhere: number;
  /** Change data that the journal holds. */
  readonly bytes: number;
}

/**
 * The last sequence that may leave the journal, 0 for none. `oldest` are entries from its beginning, in order. A whole copy can be
 * made at any time and contains what any entry did, so that nobody needs an entry for ever.
 */
export function lastToTrim(
  settings: ReplicationSettings,
  facts: JournalFacts,
  oldest: readonly { readonly sequence: number; readonly timeMs: number; readonly bytes: number }[],
  nowMs: number,
): number {
  const mostBytes = settings.journalMegabytes * 1024 * 1024;
  let { bytes } = facts;
  let last = 0;
  for (const entry of oldest) {
    const tooOld = nowMs - entry.timeMs > settings.journalDays * dayMs;
    const missed = entry.sequence > facts.everywhere;
    if (entry.sequence > facts.head - alwaysKept) break;
    if (missed ? bytes <= patience * mostBytes : !tooOld && bytes <= mostBytes) break;
    bytes -= entry.bytes;
    last = entry.sequence;
  }
  return last;
}

/** The same for what is left of trimmed entries in words. */
export function lastToForget(
  settings: ReplicationSettings,
  newest: number,
  oldest: readonly { readonly sequence: number; readonly timeMs: number }[],
  nowMs: number,
): number {
  let last = 0;
  for (const { sequence, timeMs } of oldest) {
    const tooOld = nowMs - timeMs > settings.auditDays * dayMs;
    if (!tooOld && sequence > newest - settings.auditEntries) break;
    last = sequence;
  }
  return last;
}
