import type { Position } from './position.ts';

/** One committed change. docs/formats/journal.md */
export interface JournalEntry {
  readonly position: Position;
  /** Of the entry before; `genesisHash` for the first. 64 lower-case hexadecimal digits, as is `hash`. */
  readonly previousHash: string;
  readonly hash: string;
  /** JSON text of `{ name, via }`: exactly the bytes that were hashed. */
  readonly actor: string;
  /** Wall clock of the node that wrote it, milliseconds since 1970. To show, never to order by. */
  readonly timeMs: number;
  /** SQLite changeset; empty when the entry only opens an epoch. */
  readonly changeset: Uint8Array;
}

/** True for an entry that only says that a promotion happened and changes no data. */
export function opensEpochOnly(entry: JournalEntry): boolean {
  return entry.changeset.length === 0;
}
