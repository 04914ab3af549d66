import { closeSync, fdatasyncSync, openSync } from 'node:fs';
import { TandemError } from '../../core/errors.ts';
import { SharedRun } from './shared-run.ts';
import { SyncThread } from './sync-thread.ts';

/** A disk that took no longer last time may be waited for where somebody waits for nothing else. */
const quickMs = 5;

/**
 * SQLite's write-ahead log as a file of its own: commits only write to it, and this makes them durable, many with one sync.
 * The log is read up to the first frame whose running checksum is wrong, so that what a power failure leaves is always a
 * beginning of what was committed.
 */
export class WriteAheadLog {
  readonly #database: string;
  readonly #thread = new SyncThread();
  readonly #shared = new SharedRun(() => this.#sync());
  #file: number | undefined;
  #syncing: Promise<void> | undefined;
  #failure: TandemError | undefined;
  /** How long the last sync took. */
  #lastMs = 0;

  constructor(database: string) {
    this.#database = database;
  }

  /** Resolves when everything committed before this call is on the disk. Rejects with `store.not-synced`. */
  synced(): Promise<void> {
    return this.#shared.join();
  }

  /** The same, and nothing else happens meanwhile. Throws `store.not-synced`. */
  syncNow(): void {
    this.check();
    const file = this.#open();
    if (file === undefined) return;
    const began = performance.now();
    try {
      fdatasyncSync(file);
    } catch (error) {
      throw this.#fail(error);
    }
    this.#lastMs = performance.now() - began;
  }

  /** `syncNow` where that is quicker than two changes of threads: true when everything committed is on the disk. */
  syncIfQuick(): boolean {
    if (this.#lastMs > quickMs || this.#syncing !== undefined) return false;
    this.syncNow();
    return true;
  }

  /**
   * Throws `store.not-synced` once a sync has failed: the kernel reports that once and then forgets what it could not write,
   * so that nothing later can be trusted (fsync(2)).
   */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Before SQLite's connection ends: the file may be another one afterwards. */
  release(): void {
    const file = this.#file;
    if (file === undefined) return;
    this.#file = undefined;
    if (this.#syncing === undefined) closeSync(file);
    else void this.#syncing.catch(() => {}).finally(() => closeSync(file));
  }

  stop(): void {
    this.release();
    const syncing = this.#syncing ?? Promise.resolve();
    void syncing.catch(() => {}).finally(() => this.#thread.stop());
  }

  async #sync(): Promise<void> {
    this.check();
    const file = this.#open();
    if (file === undefined) return;
    const began = performance.now();
    this.#syncing = this.#thread.sync(file);
    try {
      await this.#syncing;
      this.#lastMs = performance.now() - began;
    } catch (error) {
      throw this.#fail(error);
    } finally {
      this.#syncing = undefined;
    }
  }

  /** Undefined while there is no log: then nothing was written since the database was closed whole. */
  #open(): number | undefined {
    if (this.#file !== undefined) return this.#file;
    try {
      this.#file = openSync(`${this.#database}-wal`, 'r');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      throw error;
    }
    return this.#file;
  }

  #fail(cause: unknown): TandemError {
    this.#failure ??= new TandemError({
      code: 'store.not-synced',
      culprit: 'operator',
      message: `the disk did not confirm the latest changes of ${this.#database}: whether they outlast a power failure is not known`,
      hint: 'Check the disk (`dmesg`, `smartctl`), make the other node active, then restart this one.',
      cause,
    });
    return this.#failure;
  }
}
