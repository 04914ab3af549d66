/**
 * What a node does about a change of the pair that it has noted and whose end it may not know. Its data say which form
 * counts for it; its heartbeat stands on one form and, while a change is under way, speaks and hears the other one too.
 */
import type { Form } from './change.ts';

export interface Situation {
  /** Which form the data of this node say. */
  readonly wanted: Form;
  /** The form that the heartbeat was given; its change leads to the other one. */
  readonly base: Form;
  /** Of the change in the heartbeat; undefined while there is none. */
  readonly phase: 'prepared' | 'committed' | undefined;
  /** Both nodes are known to have the same data, and nobody is changing anything. */
  readonly agreed: boolean;
}

/**
 * `load`: the heartbeat gets the wanted form as it is. `commit` and `rollback`: of the change that is under way in it. `keep`:
 * both forms go on being spoken and heard, for the other node may still be in either.
 */
export type Move = 'load' | 'commit' | 'rollback' | 'keep';

/** A form that the other node may still use is given up only when both are known to have settled on the same one. */
export function nextMove({ wanted, base, phase, agreed }: Situation): Move {
  if (phase === undefined) return 'load';
  if (phase === 'prepared') {
    if (wanted !== base) return 'commit';
    return agreed ? 'rollback' : 'keep';
  }
  // A committed change stands on what was the other form, and lets the first one run out by itself.
  return wanted === base ? 'rollback' : 'keep';
}
