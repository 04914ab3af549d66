import type { JournalEntry } from '../core/replication/entry.ts';
import type { Head } from '../core/replication/position.ts';

/** Something in the data is new. */
export interface Change {
  /** `write`: committed here. `apply`: came from the other node. `replace`: the whole file was exchanged. */
  readonly cause: 'write' | 'apply' | 'replace';
  /** Names of the tables touched, each once. Empty when an epoch was opened, and for `replace`, where it is all of them. */
  readonly tables: readonly string[];
  readonly head: Head;
  /** What was committed here; undefined for the other causes. */
  readonly entry: JournalEntry | undefined;
}

export class Listeners {
  readonly #listeners = new Set<(change: Change) => void>();

  add(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  tell(change: Change): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(change);
      } catch (error) {
        // The change is committed and its writer must learn that; the listener's defect surfaces on its own.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
