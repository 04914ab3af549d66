import type { JournalEntry } from '../../core/replication/entry.ts';
import { genesis, genesisHash, type Head } from '../../core/replication/position.ts';
import type { Reading, Writing } from '../database.ts';
import { hashEntry } from './entry.ts';

const columns =
  'sequence, epoch, hex(previous_hash) AS previous, hex(hash) AS hash, actor, time_ms, changeset';

/** The newest entry's position and hash; the genesis when there is none. */
export function readHead(database: Reading): Head {
  const row = database.get(
    'SELECT sequence, epoch, hex(hash) AS hash FROM journal ORDER BY sequence DESC LIMIT 1',
  );
  if (row === undefined) return genesis;
  return {
    position: { epoch: Number(row['epoch']), sequence: Number(row['sequence']) },
    hash: String(row['hash']).toLowerCase(),
  };
}

/** The first sequence still held; 1 for an empty journal. */
export function readFirstSequence(database: Reading): number {
  return Number(database.get('SELECT min(sequence) AS first FROM journal')?.['first'] ?? 1);
}

export function readEntry(database: Reading, sequence: number): JournalEntry | undefined {
  const row = database.get(`SELECT ${columns} FROM journal WHERE sequence = ?`, sequence);
  return row === undefined ? undefined : toEntry(row);
}

/** The hash of one entry; for 0 the genesis hash. */
export function readHash(database: Reading, sequence: number): string | undefined {
  if (sequence === 0) return genesisHash;
  const row = database.get('SELECT hex(hash) AS hash FROM journal WHERE sequence = ?', sequence);
  return row === undefined ? undefined : String(row['hash']).toLowerCase();
}

/** In order, at most `limit` entries and, beyond the first, `maximumBytes` of change data. */
export function readEntriesAfter(
  database: Reading,
  sequence: number,
  limit: number,
  maximumBytes: number = Number.POSITIVE_INFINITY,
): JournalEntry[] {
  const sql = `SELECT ${columns} FROM journal WHERE sequence > ? ORDER BY sequence LIMIT ?`;
  const entries: JournalEntry[] = [];
  let bytes = 0;
  for (const row of database.each(sql, sequence, limit)) {
    const entry = toEntry(row);
    bytes += entry.changeset.length;
    if (entries.length > 0 && bytes > maximumBytes) break;
    entries.push(entry);
  }
  return entries;
}

/** Entries that open an epoch and change nothing, newest first. */
export function readEpochs(database: Reading, limit: number): JournalEntry[] {
  const sql = `SELECT ${columns} FROM journal WHERE length(changeset) = 0 ORDER BY sequence DESC LIMIT ?`;
  return database.all(sql, limit).map(toEntry);
}

/** Bytes of change data after `sequence`. */
export function readBytesAfter(database: Reading, sequence: number): number {
  const row = database.get(
    'SELECT sum(length(changeset)) AS bytes FROM journal WHERE sequence > ?',
    sequence,
  );
  return Number(row?.['bytes'] ?? 0);
}

export function appendEntry(database: Writing, entry: JournalEntry): void {
  database.run(
    'INSERT INTO journal (sequence, epoch, previous_hash, hash, actor, time_ms, changeset) VALUES (?, ?, ?, ?, ?, ?, ?)',
    entry.position.sequence,
    entry.position.epoch,
    Buffer.from(entry.previousHash, 'hex'),
    Buffer.from(entry.hash, 'hex'),
    entry.actor,
    entry.timeMs,
    entry.changeset,
  );
}

/**
 * Walks the chain from its first entry, hashing each again. Returns the first sequence that was altered, or
 * undefined when all is well.
 */
export function findBrokenLink(database: Reading): number | undefined {
  const first = readFirstSequence(database);
  let previous: Head | undefined = first === 1 ? genesis : undefined;
  let after = first - 1;
  for (;;) {
    const entries = readEntriesAfter(database, after, 256, 1024 * 1024);
    if (entries.length === 0) return undefined;
    for (const entry of entries) {
      if (!follows(previous, entry)) return entry.position.sequence;
      previous = entry;
      after = entry.position.sequence;
    }
  }
}

function follows(previous: Head | undefined, entry: JournalEntry): boolean {
  if (hashEntry(entry) !== entry.hash) return false;
  if (previous === undefined) return true;
  return (
    entry.previousHash === previous.hash &&
    entry.position.sequence === previous.position.sequence + 1 &&
    entry.position.epoch >= previous.position.epoch
  );
}

function toEntry(row: Record<string, unknown>): JournalEntry {
  const changeset = row['changeset'];
  return {
    position: { epoch: Number(row['epoch']), sequence: Number(row['sequence']) },
    previousHash: String(row['previous']).toLowerCase(),
    hash: String(row['hash']).toLowerCase(),
    actor: String(row['actor']),
    timeMs: Number(row['time_ms']),
    changeset: changeset instanceof Uint8Array ? changeset : new Uint8Array(0),
  };
}
