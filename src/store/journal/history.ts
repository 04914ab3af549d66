import type { JournalEntry } from '../../core/replication/entry.ts';
import type { Position } from '../../core/replication/position.ts';
import type { Database, Reading } from '../database.ts';
import { readEntriesAfter, readFirstSequence, readHead } from './journal.ts';

/** One change as the audit log shows it. */
export interface HistoryEntry {
  readonly position: Position;
  /** JSON text of `{ name, via }`. */
  readonly actor: string;
  readonly timeMs: number;
  /** One line a row, without secrets; none when the entry only opened an epoch. */
  readonly words: readonly string[];
}

/** Where the history begins that can still be read. */
export interface HistoryBegins {
  /** The oldest change that can be read in words; undefined when there is none. */
  readonly words: { readonly position: Position; readonly timeMs: number } | undefined;
  /** The first sequence that the journal holds whole. */
  readonly whole: number;
}

/** An import of thousands of users is told in so many lines. */
const mostLines = 200;

/** Who changed what, over the journal and what was trimmed from it; and the trimming. */
export class History {
  readonly #database: Database;
  readonly #inWords: (changeset: Uint8Array) => string[];

  constructor(database: Database, inWords: (changeset: Uint8Array) => string[]) {
    this.#database = database;
    this.#inWords = inWords;
  }

  /** The newest `count` changes, or the newest before the sequence `before`; oldest first. */
  last(count: number, before: number = Number.MAX_SAFE_INTEGER): HistoryEntry[] {
    const end = Math.min(before, readHead(this.#database).position.sequence + 1);
    const after = Math.max(0, end - 1 - count);
    const rows = this.#database.all(
      'SELECT sequence, epoch, actor, time_ms, words FROM journal_archive WHERE sequence > ? AND sequence < ? ORDER BY sequence',
      after,
      end,
    );
    const whole = readEntriesAfter(this.#database, after, count - rows.length);
    const within = whole.filter(({ position }) => position.sequence < end);
    return [...rows.map(toHistory), ...within.map((entry) => this.#present(entry))];
  }

  begins(): HistoryBegins {
    const select = 'SELECT sequence, epoch, time_ms FROM';
    const row =
      this.#database.get(`${select} journal_archive ORDER BY sequence LIMIT 1`) ??
      this.#database.get(`${select} journal ORDER BY sequence LIMIT 1`);
    return {
      words: row && { position: positionOf(row), timeMs: Number(row['time_ms']) },
      whole: readFirstSequence(this.#database),
    };
  }

  /** Bytes of change data in the journal. */
  bytes(): number {
    const row = this.#database.get('SELECT sum(length(changeset)) AS bytes FROM journal');
    return Number(row?.['bytes'] ?? 0);
  }

  /** The oldest entries of the journal: number, time and bytes of change data. */
  oldest(limit: number): { sequence: number; timeMs: number; bytes: number }[] {
    const sql = 'SELECT sequence, time_ms, length(changeset) AS bytes FROM journal ORDER BY sequence LIMIT ?';
    return this.#database.all(sql, limit).map((row) => ({
      sequence: Number(row['sequence']),
      timeMs: Number(row['time_ms']),
      bytes: Number(row['bytes']),
    }));
  }

  oldestArchived(limit: number): { sequence: number; timeMs: number }[] {
    const sql = 'SELECT sequence, time_ms FROM journal_archive ORDER BY sequence LIMIT ?';
    return this.#database
      .all(sql, limit)
      .map((row) => ({ sequence: Number(row['sequence']), timeMs: Number(row['time_ms']) }));
  }

  /**
   * Moves entries up to `last`, at most `limit` and never the newest, out of the journal; what stays of them is who, when and what
   * in words.
   */
  trim(last: number, limit: number): void {
    const first = readFirstSequence(this.#database);
    const newest = readHead(this.#database).position.sequence;
    const count = Math.min(limit, Math.min(last, newest - 1) - first + 1);
    if (count < 1) return;
    const entries = readEntriesAfter(this.#database, first - 1, count);
    this.#database.inTransaction(() => {
      for (const entry of entries) this.#archive(entry);
      this.#database.run('DELETE FROM journal WHERE sequence <= ?', entries.at(-1)?.position.sequence ?? 0);
    });
  }

  forget(last: number): void {
    this.#database.inTransaction(() => {
      this.#database.run('DELETE FROM journal_archive WHERE sequence <= ?', last);
    });
  }

  #archive(entry: JournalEntry): void {
    const { position, hash, actor, timeMs, words } = { ...entry, ...this.#present(entry) };
    const lines = words.slice(0, mostLines);
    if (words.length > mostLines) lines.push(`and ${words.length - mostLines} more`);
    this.#database.run(
      'INSERT INTO journal_archive (sequence, epoch, hash, actor, time_ms, words) VALUES (?, ?, ?, ?, ?, ?)',
      position.sequence,
      position.epoch,
      Buffer.from(hash, 'hex'),
      actor,
      timeMs,
      JSON.stringify(lines),
    );
  }

  #present({ position, actor, timeMs, changeset }: JournalEntry): HistoryEntry {
    return { position, actor, timeMs, words: this.#inWords(changeset) };
  }
}

/** The hash of an entry that was trimmed; undefined when nothing of it is left. */
export function readArchivedHash(database: Reading, sequence: number): string | undefined {
  const row = database.get('SELECT hex(hash) AS hash FROM journal_archive WHERE sequence = ?', sequence);
  return row === undefined ? undefined : String(row['hash']).toLowerCase();
}

/** The first sequence whose hash is known. */
export function readFirstKnownSequence(database: Reading): number {
  const row = database.get('SELECT min(sequence) AS first FROM journal_archive');
  return Number(row?.['first'] ?? readFirstSequence(database));
}

function toHistory(row: Record<string, unknown>): HistoryEntry {
  return {
    position: positionOf(row),
    actor: String(row['actor']),
    timeMs: Number(row['time_ms']),
    words: JSON.parse(String(row['words'])) as string[],
  };
}

function positionOf(row: Record<string, unknown>): Position {
  return { epoch: Number(row['epoch']), sequence: Number(row['sequence']) };
}
