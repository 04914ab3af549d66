import type { JournalEntry } from '../core/replication/entry.ts';
import type { Head } from '../core/replication/position.ts';
import type { Database } from './database.ts';
import { ApplyError, isSqliteError, sqliteCorrupt } from './errors.ts';
import { touchedTables } from './journal/changeset.ts';
import { hashEntry } from './journal/entry.ts';
import { appendEntry } from './journal/journal.ts';

/**
 * Whose hashes the entries carry: with `own` each covers its changes; with `source` they are a follower's, which gets a part of the
 * changes and the hash of the whole.
 */
export type Hashes = 'own' | 'source';

/**
 * Runs inside a transaction. `known`: the tables that entries may change. Returns those that they touched. Throws `ApplyError`
 * where an entry does not fit; then the transaction must be undone.
 */
export function applyEntries(
  database: Database,
  head: Head,
  entries: readonly JournalEntry[],
  known: ReadonlySet<string>,
  hashes: Hashes,
): string[] {
  const tables = new Set<string>();
  let previous = head;
  for (const entry of entries) {
    checkChain(previous, entry, hashes);
    for (const table of readTables(entry)) {
      if (!known.has(table)) throw new ApplyError('table', entry.position);
      tables.add(table);
    }
    previous = entry;
  }
  applyChangesets(database, entries);
  for (const entry of entries) appendEntry(database, entry);
  return [...tables];
}

/**
 * Changesets one behind the other are a changeset, and SQLite prepares its statements once for all of it. Each change names the row
 * as it was, so that one that does not fit is found there as well; which entry it belongs to is found by applying them singly.
 */
function applyChangesets(database: Database, entries: readonly JournalEntry[]): void {
  const changing = entries.filter(({ changeset }) => changeset.length > 0);
  if (changing.length > 1 && fits(database, Buffer.concat(changing.map(({ changeset }) => changeset))))
    return;
  for (const entry of changing) applyChangeset(database, entry);
}

/** False, and nothing changed, where it does not fit as a whole. */
function fits(database: Database, changeset: Uint8Array): boolean {
  try {
    return database.applyChangeset(changeset);
  } catch (error) {
    if (isSqliteError(error, sqliteCorrupt)) return false;
    throw error;
  }
}

function checkChain(previous: Head, entry: JournalEntry, hashes: Hashes): void {
  const { position } = entry;
  if (position.sequence !== previous.position.sequence + 1) throw new ApplyError('sequence', position);
  if (position.epoch < previous.position.epoch) throw new ApplyError('epoch', position);
  if (entry.previousHash !== previous.hash) throw new ApplyError('previous-hash', position);
  if (hashes === 'own' && hashEntry(entry) !== entry.hash) throw new ApplyError('hash', position);
}

function applyChangeset(database: Database, entry: JournalEntry): void {
  let applied: boolean;
  try {
    applied = database.applyChangeset(entry.changeset);
  } catch (error) {
    // Anything else (a full disk, an I/O error) is about this node, not about the entry.
    if (isSqliteError(error, sqliteCorrupt)) throw new ApplyError('changeset', entry.position, error);
    throw error;
  }
  if (!applied) throw new ApplyError('conflict', entry.position);
}

function readTables(entry: JournalEntry): string[] {
  try {
    return touchedTables(entry.changeset);
  } catch (error) {
    throw new ApplyError('changeset', entry.position, error);
  }
}

/** SQLite skips changes to tables it does not have, silently; we must not. The journal is never part of a change. */
export function knownTables(database: Database): Set<string> {
  const rows = database.all(
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT IN ('journal', 'journal_archive')",
  );
  return new Set(rows.map((row) => String(row['name'])));
}
