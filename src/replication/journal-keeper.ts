import { lastToForget, lastToTrim } from '../core/replication/retention.ts';
import type { ReplicationSettings } from '../core/replication/settings.ts';
import type { Store } from '../store/store.ts';
import type { Log } from './log.ts';

const firstAfterMs = 60_000;
const everyMs = 3_600_000;
/** One transaction; between two of them everything else goes on. */
const portion = 250;

export interface JournalKeeperOptions {
  readonly store: Store;
  readonly settings: () => ReplicationSettings;
  /** The last sequence that every node has that is to have the entries. */
  readonly everywhere: () => number;
  /** Wall clock, milliseconds since 1970. */
  readonly now: () => number;
  readonly log: Log;
}

/** Keeps the journal within its size and age, each node for itself: what it holds beyond the data is nobody else's business. */
export class JournalKeeper {
  readonly #options: JournalKeeperOptions;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(options: JournalKeeperOptions) {
    this.#options = options;
  }

  start(): void {
    const again = (): void => {
      this.keep().catch((error: unknown) => {
        this.#options.log.warn({ err: error }, 'the journal could not be trimmed');
      });
      this.#timer = setTimeout(again, everyMs);
      this.#timer.unref();
    };
    this.#timer = setTimeout(again, firstAfterMs);
    this.#timer.unref();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** Trims what may go; resolves with how many entries left the journal. */
  async keep(): Promise<number> {
    const { store, settings, log } = this.#options;
    const first = store.firstSequence;
    let bytes = store.history.bytes();
    while (!this.#stopped) {
      const oldest = store.history.oldest(portion);
      const facts = { head: store.position.sequence, everywhere: this.#options.everywhere(), bytes };
      const last = lastToTrim(settings(), facts, oldest, this.#options.now());
      if (last === 0) break;
      store.history.trim(last, portion);
      for (const entry of oldest) if (entry.sequence <= last) bytes -= entry.bytes;
      await new Promise((resolve) => setImmediate(resolve));
    }
    await this.#forget();
    const trimmed = store.firstSequence - first;
    if (trimmed > 0) log.info({ trimmed, begins: store.firstSequence }, 'the journal was trimmed');
    return trimmed;
  }

  async #forget(): Promise<void> {
    const { store, settings } = this.#options;
    while (!this.#stopped) {
      const oldest = store.history.oldestArchived(portion);
      const last = lastToForget(settings(), store.position.sequence, oldest, this.#options.now());
      if (last === 0) return;
      store.history.forget(last);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}
