import type { Actor } from '../store/actor.ts';
import type { Transaction } from '../store/transaction.ts';

/**
 * How a change is made: on this node's disk, then on the standby's, then the answer. `protected` says that both have it.
 * Throws when this node may not write; then nothing was changed.
 */
export type Write = <Result>(
  actor: Actor,
  change: (transaction: Transaction) => Result,
) => Promise<{ readonly result: Result; readonly protected: boolean }>;
