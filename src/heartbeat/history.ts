import type { Effect } from '../core/vrrp/effects.ts';
import type { StateName } from '../core/vrrp/state.ts';
import { causeText } from './sentence.ts';

/** The state as users and other programs see it. `fault`: this node could not serve. */
export type ShownState = 'init' | 'standby' | 'active' | 'fault';

/** A change of state, as status, subscribers and log show it. */
export interface Transition {
  readonly from: ShownState;
  readonly to: ShownState;
  /** Stable word for the reason. */
  readonly cause: string;
  readonly sentence: string;
  /** Time of day, for people. */
  readonly at: string;
  /** From the moment the change was due until the address was on the interface. */
  readonly addressMs?: number;
  /** From the moment the change was due until everything was done. */
  readonly totalMs: number;
}

const MOST_REMEMBERED = 32;

/** The last changes of state, newest first. */
export class History {
  #transitions: readonly Transition[] = [];
  #current: ShownState = 'init';

  get transitions(): readonly Transition[] {
    return this.#transitions;
  }

  add(
    { to, cause }: Extract<Effect, { type: 'transition' }>,
    durations: { readonly addressMs?: number; readonly totalMs: number },
  ): Transition {
    const shown = shownState(to, cause.kind);
    const transition: Transition = {
      from: this.#current,
      to: shown,
      cause: cause.kind,
      sentence: `From ${this.#current} to ${shown}: ${causeText(cause)}.`,
      at: new Date().toISOString(),
      ...durations,
    };
    this.#current = shown;
    this.#transitions = [transition, ...this.#transitions].slice(0, MOST_REMEMBERED);
    return transition;
  }
}

export function shownState(name: StateName, cause: string): ShownState {
  switch (name) {
    case 'active':
      return 'active';
    case 'backup':
      return 'standby';
    case 'initialize':
      return cause === 'link-down' || cause === 'ineligible' ? 'fault' : 'init';
  }
}
