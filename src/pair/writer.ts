import { TandemError } from '../core/errors.ts';
import type { Position } from '../core/replication/position.ts';
import type { Actor } from '../store/actor.ts';
import type { Store } from '../store/store.ts';
import type { Transaction } from '../store/transaction.ts';
import { notConfirmed, type Protection, refuseUnprotected } from './protection.ts';
import { Turns } from './turns.ts';

/** How long an answer waits for the standby before the pair counts as unprotected and the writer is let go. */
const acknowledgementTimeoutMs = 2_000;
const longestHoldMs = 5_000;

/** What a written change came to: `protected` says that it is on both disks. */
export interface Written<Result> {
  readonly result: Result;
  readonly protected: boolean;
}

/** Waits until the standby has a position on its disk; resolves with false when it did not within the time. */
export type Acknowledged = (position: Position, timeoutMs: number) => Promise<boolean>;

/**
 * The way to change data on the active node: durable here, then on the standby, then the answer (semi-synchronous).
 * While writes are held, for a switchover, they wait; when they are let go each checks anew whether this node may write.
 */
export class Writer {
  readonly #store: Store;
  readonly #mayWrite: () => void;
  readonly #acknowledged: Acknowledged;
  readonly #protection: Protection;
  readonly #turns = new Turns();
  #held: { readonly released: Promise<void>; readonly release: () => void } | undefined;

  /** @param parts.mayWrite throws the reason when this node is not the active one. */
  constructor(parts: {
    store: Store;
    mayWrite: () => void;
    acknowledged: Acknowledged;
    protection?: Protection;
  }) {
    this.#store = parts.store;
    this.#mayWrite = parts.mayWrite;
    this.#acknowledged = parts.acknowledged;
    this.#protection = parts.protection ?? { required: () => false, holds: () => false };
  }

  /**
   * @param evenUnprotected also where protection is required and is not there
   * @throws TandemError `pair.standby`, `pair.unprotected`, or whatever `change` refuses with; then nothing was changed.
   * `pair.role-lost`, `pair.not-confirmed`, `store.not-synced`: it was made, and not as it should be.
   */
  async write<Result>(
    actor: Actor,
    change: (transaction: Transaction) => Result,
    evenUnprotected = false,
  ): Promise<Written<Result>> {
    this.#mayWrite();
    let turn = this.#held?.released ?? this.#turns.take();
    while (turn !== undefined) {
      await turn;
      this.#mayWrite();
      // Writes may have been held while this one waited for its turn.
      turn = this.#held === undefined ? undefined : this.#held.released.then(() => this.#turns.take());
    }
    const strict = !evenUnprotected && this.#protection.required();
    const { result, entry } = this.#store.write(actor, change, (tables) => {
      if (strict) refuseUnprotected(this.#protection, tables);
    });
    const position = entry === undefined ? this.#store.position : entry.position;
    // Both disks at the same time: which of them is the first does not matter, for the answer waits for both.
    const [acknowledged] = await Promise.all([
      this.#acknowledged(position, acknowledgementTimeoutMs),
      this.#store.synced(),
    ]);
    if (!acknowledged && entry !== undefined) {
      this.#refuseWhenRoleIsLost();
      if (strict) throw notConfirmed();
    }
    return { result, protected: acknowledged };
  }

  /** A change that only a node which is no longer active holds was not made: it waits in quarantine to be looked at. */
  #refuseWhenRoleIsLost(): void {
    try {
      this.#mayWrite();
    } catch (cause) {
      throw new TandemError({
        code: 'pair.role-lost',
        culprit: 'operator',
        message: 'This node lost the active role while it made the change; the other node does not have it.',
        hint: 'Make the change again on the active node; what was written here is kept in quarantine',
        cause,
      });
    }
  }

  /** Holds new writes until `release`, at the longest five seconds. */
  hold(): void {
    if (this.#held !== undefined) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(() => this.release(), longestHoldMs);
    this.#held = {
      released: promise,
      release: () => {
        clearTimeout(timer);
        resolve();
      },
    };
  }

  release(): void {
    this.#held?.release();
    this.#held = undefined;
  }
}
