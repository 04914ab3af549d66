import type { JournalEntry } from '../core/replication/entry.ts';
import type { Head } from '../core/replication/position.ts';
import type { Database } from './database.ts';
import { ApplyError, isSqliteError, sqliteCorrupt } from './errors.ts';
import { touchedTables } from './journal/changeset.ts';
import { hashEntry } from './journal/entry.ts';
import { appendEntry } from './journal/journal.ts';

/** Runs inside a transaction. Returns the tables touched. Throws `ApplyError` at the first entry that does not fit. */
export function applyEntries(database: Database, head: Head, entries: readonly JournalEntry[]): string[] {
  const tables = new Set<string>();
  const known = knownTables(database);
  let previous = head;
  for (const entry of entries) {
    checkChain(previous, entry);
    for (const table of readTables(entry)) {
      if (!known.has(table)) throw new ApplyError('table', entry.position);
      tables.add(table);
    }
    applyChangeset(database, entry);
    appendEntry(database, entry);
    previous = entry;
  }
  return [...tables];
}

function checkChain(previous: Head, entry: JournalEntry): void {
  const { position } = entry;
  if (position.sequence !== previous.position.sequence + 1) throw new ApplyError('sequence', position);
  if (position.epoch < previous.position.epoch) throw new ApplyError('epoch', position);
  if (entry.previousHash !== previous.hash) throw new ApplyError('previous-hash', position);
  if (hashEntry(entry) !== entry.hash) throw new ApplyError('hash', position);
}

function applyChangeset(database: Database, entry: JournalEntry): void {
  if (entry.changeset.length === 0) return;
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
function knownTables(database: Database): Set<string> {
  const rows = database.all("SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'journal'");
  return new Set(rows.map((row) => String(row['name'])));
}
