import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { TandemError } from '../core/errors.ts';
import type { JournalEntry } from '../core/replication/entry.ts';
import type { Head, Position } from '../core/replication/position.ts';
import type { Scope } from '../core/replication/scope.ts';
import type { Actor } from './actor.ts';
import { ApiTokens } from './api-token/api-token.ts';
import { applyEntries, type Hashes, knownTables } from './apply.ts';
import { Certificates } from './certificate/certificate.ts';
import { type Change, Listeners } from './changes.ts';
import { ClientAddresses } from './client-address/client-address.ts';
import { Database } from './database.ts';
import { Groups } from './group/group.ts';
import { Identity } from './identity/identity.ts';
import { touchedTables } from './journal/changeset.ts';
import { chainEntry, maximumChangesetLength } from './journal/entry.ts';
import { History, readArchivedHash, readFirstKnownSequence } from './journal/history.ts';
import * as journal from './journal/journal.ts';
import { type Column, changesInWords } from './journal/words.ts';
import { migrate } from './migrations.ts';
import { OneTimeLinks } from './one-time-link/one-time-link.ts';
import { exchangeFile } from './replace.ts';
import { copyScoped } from './scope/copy.ts';
import { type ShapedColumn, shapeOf } from './scope/shape.ts';
import { Settings } from './setting/setting.ts';
import { copyDatabase } from './snapshot.ts';
import { Transaction, WhileOpen } from './transaction.ts';
import { Users } from './user/user.ts';
import { WebSessions } from './web-session/web-session.ts';

export interface StoreOptions {
  /** The database file; its directory is made (0700) when missing. */
  readonly path: string;
  readonly nodeId: string;
  /** Wall clock, milliseconds since 1970: the time shown with each change. */
  readonly now: () => number;
  /** Holds a part of another store: its entries carry the hashes of the whole. */
  readonly follower?: boolean;
}

export interface Written<Result> {
  readonly result: Result;
  /** Undefined when nothing was changed after all. */
  readonly entry: JournalEntry | undefined;
}

/**
 * The data of one node and the journal of every change to it, in one SQLite file (DESIGN, "Life of a write").
 * What is committed can be read at once and survives the end of this process; it survives a power failure when `synced`
 * has resolved (docs/adr/0009-one-sync-for-many.md).
 */
export class Store {
  readonly path: string;
  readonly nodeId: string;
  /** Set by the pair while this node is standby: writes are refused, the other node's entries still apply. */
  readOnly = false;
  readonly users: Users;
  readonly groups: Groups;
  readonly certificates: Certificates;
  readonly clientAddresses: ClientAddresses;
  readonly settings: Settings;
  readonly identity: Identity;
  readonly webSessions: WebSessions;
  readonly apiTokens: ApiTokens;
  readonly oneTimeLinks: OneTimeLinks;
  readonly history: History;
  readonly #database: Database;
  readonly #now: () => number;
  readonly #hashes: Hashes;
  readonly #listeners = new Listeners();
  /** Undefined until they are read again, after the file was exchanged. */
  #newest: Head | undefined;
  #tables: ReadonlySet<string> | undefined;

  /** Opens or creates the file and brings it to this version's format. Throws `store.newer`. */
  static open(options: StoreOptions): Store {
    mkdirSync(dirname(options.path), { recursive: true, mode: 0o700 });
    const database = new Database(options.path);
    try {
      migrate(database);
      return new Store(database, options);
    } catch (error) {
      database.close();
      throw error;
    }
  }

  private constructor(database: Database, options: StoreOptions) {
    this.#database = database;
    this.#now = options.now;
    this.#hashes = options.follower === true ? 'source' : 'own';
    this.path = options.path;
    this.nodeId = options.nodeId;
    this.users = new Users(database);
    this.groups = new Groups(database);
    this.certificates = new Certificates(database);
    this.clientAddresses = new ClientAddresses(database);
    this.settings = new Settings(database);
    this.identity = new Identity(database);
    this.webSessions = new WebSessions(database);
    this.apiTokens = new ApiTokens(database);
    this.oneTimeLinks = new OneTimeLinks(database);
    this.history = new History(database, (changeset) => this.inWords(changeset));
    this.#newest = journal.readHead(database);
  }

  /** Position and hash of the newest entry. */
  get head(): Head {
    this.#newest ??= journal.readHead(this.#database);
    return this.#newest;
  }

  get position(): Position {
    return this.head.position;
  }

  /** The first sequence the journal still holds. */
  get firstSequence(): number {
    return journal.readFirstSequence(this.#database);
  }

  /**
   * The only way to change data: `change` gets a transaction, and what it did becomes one journal entry, committed
   * when this returns. Whatever `change` throws undoes everything. It must not be asynchronous. `admit` is shown the tables that
   * it touched and may throw as well. Throws `store.read-only`, `store.write.too-large`.
   */
  write<Result>(
    actor: Actor,
    change: (transaction: Transaction) => Result,
    admit: (tables: readonly string[]) => void = () => {},
  ): Written<Result> {
    this.#refuseWhenReadOnly();
    let tables: readonly string[] = [];
    const written = this.#database.inTransaction((): Written<Result> => {
      const { result, changeset } = this.#record(change);
      if (changeset.length === 0) return { result, entry: undefined };
      if (changeset.length > maximumChangesetLength) throw tooLarge(changeset.length);
      tables = touchedTables(changeset);
      admit(tables);
      return { result, entry: this.#append(actor, this.position.epoch, changeset) };
    });
    if (written.entry !== undefined) {
      this.#newest = headOf(written.entry);
      this.#tell('write', tables, written.entry);
    }
    return written;
  }

  /**
   * Resolves when everything committed before this call is on the disk; many callers share one sync. Rejects with
   * `store.not-synced`, after which nothing more is written until the node is restarted.
   */
  synced(): Promise<void> {
    return this.#database.synced();
  }

  /**
   * For who waits for nothing else: syncs at once where the disk is quick, and says so. False: use `synced`. Throws
   * `store.not-synced`.
   */
  syncIfQuick(): boolean {
    return this.#database.syncIfQuick();
  }

  /**
   * Begins an epoch, durably: what a node does before it serves writes. `above` (an epoch seen elsewhere) makes the new
   * one later than that too. Throws `store.read-only`.
   */
  openEpoch(actor: Actor, above = 0): JournalEntry {
    this.#refuseWhenReadOnly();
    const epoch = Math.max(this.position.epoch, above) + 1;
    const entry = this.#database.inTransaction(() => this.#append(actor, epoch, new Uint8Array(0)));
    this.#newest = headOf(entry);
    // An epoch that was shown to anybody must never be opened a second time.
    this.#database.syncNow();
    this.#tell('write', [], entry);
    return entry;
  }

  /**
   * Applies entries of the other node, all or none, committed when this returns. Each must follow the one before and
   * match its hash. Throws `ApplyError`.
   */
  apply(...entries: readonly JournalEntry[]): void {
    const last = entries.at(-1);
    if (last === undefined) return;
    this.#tables ??= knownTables(this.#database);
    const known = this.#tables;
    const tables = this.#database.inTransaction(() =>
      applyEntries(this.#database, this.head, entries, known, this.#hashes),
    );
    this.#newest = headOf(last);
    this.#tell('apply', tables);
  }

  entryAt(sequence: number): JournalEntry | undefined {
    return journal.readEntry(this.#database, sequence);
  }

  /** For 0 the genesis hash; also of entries that were trimmed, until they are forgotten; undefined when it is not known. */
  hashAt(sequence: number): string | undefined {
    return journal.readHash(this.#database, sequence) ?? readArchivedHash(this.#database, sequence);
  }

  /** The first sequence whose hash is known. */
  get firstKnownSequence(): number {
    return readFirstKnownSequence(this.#database);
  }

  /** In order, at most `limit` entries and, beyond the first, `maximumBytes` of change data. */
  entriesAfter(sequence: number, limit: number, maximumBytes?: number): JournalEntry[] {
    return journal.readEntriesAfter(this.#database, sequence, limit, maximumBytes);
  }

  /** When each epoch began, newest first: an entry without data. */
  epochs(limit: number): JournalEntry[] {
    return journal.readEpochs(this.#database, limit);
  }

  /** Bytes of change data after `sequence`. */
  bytesAfter(sequence: number): number {
    return journal.readBytesAfter(this.#database, sequence);
  }

  /** What a change does to the rows, one line each, without secrets: `user alice: blocked false → true`. */
  inWords(changeset: Uint8Array): string[] {
    return changesInWords(changeset, (table) => this.#columnsOf(table));
  }

  /** The columns of a table, with what stands for a value that stays here. */
  shapeOf(table: string): ShapedColumn[] {
    return shapeOf(this.#database, table);
  }

  /** A copy of what the scope lets out; see `copyScoped`. */
  scopedCopyTo(path: string, scope: Scope): Promise<Head> {
    return copyScoped(this.path, path, scope);
  }

  /** The first journal entry that was altered since it was written, if any. Reads the whole journal. */
  findBrokenLink(): number | undefined {
    return journal.findBrokenLink(this.#database);
  }

  /** A consistent copy into the new file `path` (0600), while writing goes on. Returns the head inside it. */
  snapshotTo(path: string): Promise<Head> {
    return copyDatabase(this.path, path);
  }

  /** What SQLite finds wrong with the file; empty when it is sound. */
  integrityCheck(): string[] {
    const findings = this.#database
      .all('PRAGMA integrity_check')
      .map((row) => String(row['integrity_check']));
    return findings[0] === 'ok' ? [] : findings;
  }

  /**
   * Exchanges the data for the verified copy at `path`, which must lie on the same file system, in one rename. After a
   * crash in between, either the old or the new file is there whole. Users of this store keep using it.
   */
  replaceWith(path: string): void {
    // Whatever fails on the way, what is in the file then is what counts.
    this.#newest = undefined;
    this.#tables = undefined;
    exchangeFile(this.#database, path);
    migrate(this.#database);
    this.#tell('replace', []);
  }

  /** Called after each commit, each applied batch and each exchange. Returns what ends it. */
  onChange(listener: (change: Change) => void): () => void {
    return this.#listeners.add(listener);
  }

  close(): void {
    this.#database.close();
  }

  /** Lets `change` work while SQLite's session extension takes down what it does. */
  #record<Result>(change: (transaction: Transaction) => Result): { result: Result; changeset: Uint8Array } {
    const session = this.#database.createSession();
    const view = new WhileOpen(this.#database);
    try {
      const result = change(new Transaction(view));
      if (result instanceof Promise) throw asynchronousChange();
      return { result, changeset: session.changeset() };
    } finally {
      view.end();
      session.close();
    }
  }

  #columnsOf(table: string): Column[] {
    const rows = this.#database.all('SELECT name, pk FROM pragma_table_info(?) ORDER BY cid', table);
    return rows.map((row) => ({ name: String(row['name']), key: Number(row['pk']) > 0 }));
  }

  #append(actor: Actor, epoch: number, changeset: Uint8Array): JournalEntry {
    const entry = chainEntry(this.head, { epoch, actor, timeMs: this.#now(), changeset });
    journal.appendEntry(this.#database, entry);
    return entry;
  }

  #tell(cause: Change['cause'], tables: readonly string[], entry?: JournalEntry): void {
    this.#listeners.tell({ cause, tables, head: this.head, entry });
  }

  #refuseWhenReadOnly(): void {
    if (!this.readOnly) return;
    throw new TandemError({
      code: 'store.read-only',
      culprit: 'caller',
      message: `${this.nodeId} is standby and accepts no changes`,
      hint: 'Make the change on the active node; `tandem status` says which one that is.',
    });
  }
}

function headOf(entry: JournalEntry): Head {
  return { position: entry.position, hash: entry.hash };
}

function tooLarge(bytes: number): TandemError {
  return new TandemError({
    code: 'store.write.too-large',
    culprit: 'caller',
    message: `one change of ${bytes} bytes is larger than the ${maximumChangesetLength} that travel to the standby at once`,
    hint: 'Divide it, for example by importing fewer users at a time.',
  });
}

function asynchronousChange(): TandemError {
  return new TandemError({
    code: 'store.write.asynchronous',
    culprit: 'us',
    message: 'a change waits for something while it holds the transaction',
    hint: 'This is a defect of Tandem; please report it.',
  });
}
