import type { JournalEntry } from '../../core/replication/entry.ts';
import type { Position } from '../../core/replication/position.ts';

/** At most this much is on its way and unacknowledged; the rest waits in the journal, not in memory. */
const windowBytes: number = 1024 * 1024;
const windowEntries = 512;

/** What was sent and not yet acknowledged: numbers only. */
export class Window {
  #inFlight: { readonly sequence: number; readonly bytes: number }[] = [];
  /** The last sequence of each portion that is on its way. */
  #portions: number[] = [];
  #bytes = 0;

  /** How many portions are on their way. */
  get portions(): number {
    return this.#portions.length;
  }

  get open(): boolean {
    return this.#inFlight.length < windowEntries && this.#bytes < windowBytes;
  }

  get roomEntries(): number {
    return windowEntries - this.#inFlight.length;
  }

  get roomBytes(): number {
    return windowBytes - this.#bytes;
  }

  sent(entry: JournalEntry): void {
    this.#inFlight.push({ sequence: entry.position.sequence, bytes: entry.changeset.length });
    this.#bytes += entry.changeset.length;
  }

  /** What was noted last ends a portion. */
  portionEnds(): void {
    const last = this.#inFlight.at(-1);
    if (last !== undefined) this.#portions.push(last.sequence);
  }

  acknowledged(position: Position): void {
    this.#portions = this.#portions.filter((last) => last > position.sequence);
    const remaining = this.#inFlight.findIndex(({ sequence }) => sequence > position.sequence);
    const done = this.#inFlight.splice(0, remaining < 0 ? this.#inFlight.length : remaining);
    for (const { bytes } of done) this.#bytes -= bytes;
  }
}
