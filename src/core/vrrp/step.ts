import type { Effect } from './effects.ts';
import type { State } from './state.ts';

/** What one input leads to: the new state, and what the driver is to do, in order. */
export interface Step<S extends State = State> {
  readonly state: S;
  readonly effects: readonly Effect[];
}

export function stay<S extends State>(state: S, ...effects: readonly Effect[]): Step<S> {
  return { state, effects };
}

/** Puts effects that belong to the input before those of what followed from it. */
export function preceded(effects: readonly Effect[], step: Step): Step {
  return effects.length === 0 ? step : { state: step.state, effects: [...effects, ...step.effects] };
}
