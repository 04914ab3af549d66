import type { Write } from '../accounts/write.ts';
import { TandemError } from '../core/errors.ts';
import { formatPosition } from '../core/replication/position.ts';
import {
  countUndecided,
  type Divergence,
  exportDivergence,
  importDivergence,
  listDivergences,
  readDivergence,
  type SetAside,
  settle,
} from '../replication/divergence.ts';
import type { Actor } from '../store/actor.ts';
import type { Store } from '../store/store.ts';

export type { Divergence, SetAside };

export interface DivergenceParts {
  readonly store: Store;
  readonly directory: string;
  readonly write: Write;
  /** Wall clock, milliseconds since 1970. */
  readonly now: () => number;
}

/** What lies in quarantine on this node, for a person to decide: nothing of it is ever merged by itself. */
export class Divergences {
  readonly #parts: DivergenceParts;

  constructor(parts: DivergenceParts) {
    this.#parts = parts;
  }

  list(): Promise<Divergence[]> {
    return listDivergences(this.#parts.directory);
  }

  /** @throws TandemError `replica.divergence.unknown`, as do the following */
  show(id: string): Promise<Divergence> {
    return readDivergence(this.#parts.directory, id);
  }

  /** Entries that nobody has decided on yet, over all returns. */
  undecided(): Promise<number> {
    return countUndecided(this.#parts.directory);
  }

  /**
   * Makes the change of one entry, or of all that are open in their order, again on this node, which must be active. Each
   * becomes a new entry by `actor`. Stops at the first that no longer fits.
   * @throws TandemError `replica.divergence.conflict`, `replica.divergence.settled`, `pair.standby`
   */
  async reapply(
    actor: Actor,
    id: string,
    sequence: number | undefined,
  ): Promise<{ reapplied: number; protected: boolean }> {
    const entries = chosen(await this.show(id), sequence);
    let isProtected = true;
    for (const entry of entries) {
      const written = await this.#parts.write(actor, (transaction) => {
        if (!transaction.reapply(entry.changeset)) throw this.#conflict(id, entry);
      });
      isProtected = written.protected;
      await this.#settle(id, [entry], { how: 'reapplied', by: actor.name });
    }
    return { reapplied: entries.length, protected: isProtected };
  }

  /** Decides that what is open is not wanted. It stays to be looked at. */
  async discard(actor: Actor, id: string, sequence: number | undefined, reason: string): Promise<number> {
    const entries = chosen(await this.show(id), sequence);
    await this.#settle(id, entries, { how: 'discarded', by: actor.name, reason });
    return entries.length;
  }

  export(id: string): Promise<string> {
    return exportDivergence(this.#parts.directory, id);
  }

  /** @throws TandemError `replica.divergence.malformed`, `replica.divergence.exists` */
  async import(text: string): Promise<{ id: string; lost: number }> {
    return importDivergence(this.#parts.directory, text);
  }

  async #settle(
    id: string,
    entries: readonly SetAside[],
    decision: { how: 'reapplied' | 'discarded'; by: string; reason?: string },
  ): Promise<void> {
    const sequences = entries.map(({ position }) => position.sequence);
    await settle(this.#parts.directory, id, sequences, { ...decision, atMs: this.#parts.now() });
  }

  #conflict(id: string, entry: SetAside): TandemError {
    const what = this.#parts.store.inWords(entry.changeset).join('; ');
    return new TandemError({
      code: 'replica.divergence.conflict',
      culprit: 'operator',
      message: `Entry ${entry.position.sequence} (${what}) does not fit any more: what it changes is not what it was when it was made. Nothing of it was changed.`,
      hint: `Make the change by hand if it is wanted, then: tandem replica divergence discard ${id} --entry ${entry.position.sequence} --reason "made by hand"`,
    });
  }
}

/** Those that nobody has decided on yet. */
export function openEntries(divergence: Divergence): SetAside[] {
  return divergence.entries.filter(({ settled }) => settled === undefined);
}

function chosen(divergence: Divergence, sequence: number | undefined): SetAside[] {
  const { id } = divergence.manifest;
  if (sequence === undefined) return openEntries(divergence);
  const entry = divergence.entries.find(({ position }) => position.sequence === sequence);
  if (entry === undefined) {
    throw new TandemError({
      code: 'replica.divergence.entry.unknown',
      culprit: 'caller',
      message: `${id} has no entry ${sequence} that changed data.`,
      hint: `See: tandem replica divergence show ${id}`,
    });
  }
  if (entry.settled === undefined) return [entry];
  throw new TandemError({
    code: 'replica.divergence.settled',
    culprit: 'caller',
    message: `Entry ${formatPosition(entry.position)} was ${entry.settled.how} already, by ${entry.settled.by}.`,
    hint: `See: tandem replica divergence show ${id}`,
  });
}
