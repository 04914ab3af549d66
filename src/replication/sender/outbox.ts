import { TandemError } from '../../core/errors.ts';
import type { JournalEntry } from '../../core/replication/entry.ts';
import { formatPosition, type Position } from '../../core/replication/position.ts';
import { hashEntry } from '../../store/journal/entry.ts';
import type { Store } from '../../store/store.ts';

/** More than a few turns' worth is read from the journal again when its time has come. */
const mostHeld = 256;

/** The next entries to send: what was just written from memory, what lies further back from the journal. */
export class Outbox {
  readonly #store: Store;
  #held: JournalEntry[] = [];

  constructor(store: Store) {
    this.#store = store;
  }

  put(entry: JournalEntry): void {
    if (this.#held.length >= mostHeld) this.#held = [];
    this.#held.push(entry);
  }

  /**
   * In order, at most `limit` entries and, beyond the first, `maximumBytes` of change data. Throws
   * `replication.journal-damaged`.
   */
  after(sequence: number, limit: number, maximumBytes: number): JournalEntry[] {
    if (sequence >= this.#store.position.sequence) return [];
    this.#held = this.#held.filter((entry) => entry.position.sequence > sequence);
    if (this.#held[0]?.position.sequence !== sequence + 1)
      return soundOnes(this.#store.entriesAfter(sequence, limit, maximumBytes));
    let bytes = 0;
    let count = 0;
    for (const entry of this.#held.slice(0, limit)) {
      bytes += entry.changeset.length;
      if (count > 0 && bytes > maximumBytes) break;
      count++;
    }
    return this.#held.splice(0, count);
  }
}

/** The disk may have changed an entry since it was written: it is said here, and nobody is given it. */
function soundOnes(entries: readonly JournalEntry[]): JournalEntry[] {
  const damaged = entries.findIndex((entry) => hashEntry(entry) !== entry.hash);
  const [first] = entries;
  if (damaged === 0 && first !== undefined) throw journalDamaged(first.position);
  return damaged < 0 ? [...entries] : entries.slice(0, damaged);
}

function journalDamaged(position: Position): TandemError {
  return new TandemError({
    code: 'replication.journal-damaged',
    culprit: 'operator',
    message: `entry ${formatPosition(position)} of this node's journal is not what was written and cannot be sent`,
    hint: 'Check the disk (`dmesg`, `smartctl`). The data itself goes over with a whole copy: tandem replica reseed, on the standby.',
  });
}
