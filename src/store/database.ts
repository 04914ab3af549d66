import { closeSync, fchmodSync, openSync } from 'node:fs';
import { DatabaseSync, type Session, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { WriteAheadLog } from './durability/write-ahead-log.ts';
import { explain } from './errors.ts';

type Row = Record<string, unknown>;

/** How long a statement waits for another connection to the same file. */
export const busyTimeoutMs = 5000;

/** What repositories read through. They keep this, never a statement: the file behind it may be exchanged. */
export interface Reading {
  all(sql: string, ...values: SQLInputValue[]): Row[];
  get(sql: string, ...values: SQLInputValue[]): Row | undefined;
  /** Row by row; to be iterated at once, before the next statement. */
  each(sql: string, ...values: SQLInputValue[]): Iterable<Row>;
}

/** What repositories write through: only a running transaction has one. */
export interface Writing extends Reading {
  /** The number of rows changed. */
  run(sql: string, ...values: SQLInputValue[]): number;
  /** False when a conflict made SQLite undo the whole changeset. Throws when the changeset cannot be read. */
  applyChangeset(changeset: Uint8Array): boolean;
}

/**
 * One SQLite file, opened the one way we open it: write-ahead log, synced apart from the commits so that several share one
 * sync, readable by its owner alone. Statements are prepared once.
 */
export class Database implements Writing {
  readonly path: string;
  readonly #log: WriteAheadLog;
  #current: DatabaseSync;
  #ended = false;
  #statements = new Map<string, StatementSync>();

  constructor(path: string) {
    this.path = path;
    this.#log = new WriteAheadLog(path);
    this.#current = connect(path);
    // What a process that was killed had committed lies in the kernel's memory, perhaps nowhere else.
    this.#log.syncNow();
  }

  all(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.#prepare(sql).all(...values);
  }

  get(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return this.#prepare(sql).get(...values);
  }

  each(sql: string, ...values: SQLInputValue[]): Iterable<Row> {
    return this.#prepare(sql).iterate(...values);
  }

  run(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.#prepare(sql).run(...values).changes);
  }

  exec(sql: string): void {
    this.#connection.exec(sql);
  }

  pragma(name: string): unknown {
    const row = this.#connection.prepare(`PRAGMA ${name}`).get();
    return row === undefined ? undefined : Object.values(row)[0];
  }

  /**
   * Runs `body` in one transaction; whatever it throws rolls everything back. Committed on return, durable when `synced`
   * has resolved. Throws `store.disk-full`, `store.disk`, `store.not-synced`.
   */
  inTransaction<Result>(body: () => Result): Result {
    this.#log.check();
    try {
      this.exec('BEGIN IMMEDIATE');
      const result = body();
      this.exec('COMMIT');
      return result;
    } catch (error) {
      // A full disk or an I/O error makes SQLite roll back by itself.
      if (this.#current.isOpen && this.#current.isTransaction) this.exec('ROLLBACK');
      throw explain(error, this.path);
    }
  }

  /** Resolves when everything committed before this call is on the disk. Rejects with `store.not-synced`. */
  synced(): Promise<void> {
    return this.#log.synced();
  }

  /** The same at once. Throws `store.not-synced`. */
  syncNow(): void {
    this.#log.syncNow();
  }

  /** The same where the disk is quick; false when it was not done. Throws `store.not-synced`. */
  syncIfQuick(): boolean {
    return this.#log.syncIfQuick();
  }

  createSession(): Session {
    return this.#connection.createSession();
  }

  /** False when a conflict made SQLite undo the whole changeset. Throws when the changeset cannot be read. */
  applyChangeset(changeset: Uint8Array): boolean {
    return this.#connection.applyChangeset(changeset);
  }

  /** For good. */
  close(): void {
    this.#ended = true;
    this.disconnect();
    this.#log.stop();
  }

  /** Lets go of the file so that it can be exchanged; the next use opens what is there then. */
  disconnect(): void {
    this.#statements.clear();
    this.#log.release();
    if (this.#current.isOpen) this.#current.close();
  }

  /** Opens the file again where that failed before, for example on a full disk. */
  get #connection(): DatabaseSync {
    if (!this.#current.isOpen && !this.#ended) this.#current = connect(this.path);
    return this.#current;
  }

  #prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#connection.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

function connect(path: string): DatabaseSync {
  makePrivate(path);
  const connection = new DatabaseSync(path, { timeout: busyTimeoutMs });
  try {
    connection.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = NORMAL;
      PRAGMA foreign_keys = ON;
      PRAGMA trusted_schema = OFF;
      PRAGMA journal_size_limit = 8388608;
    `);
  } catch (error) {
    connection.close();
    throw error;
  }
  return connection;
}

/** SQLite gives its side files the mode of the main one, so setting this one covers all three. */
export function makePrivate(path: string): void {
  const file = openSync(path, 'a', 0o600);
  try {
    fchmodSync(file, 0o600);
  } finally {
    closeSync(file);
  }
}
