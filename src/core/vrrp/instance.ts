import { mayServe } from '../election/verdict.ts';
import type { Instant } from '../time/instant.ts';
import { active, hasLapsed } from './active.ts';
import { backup } from './backup.ts';
import { initialize } from './initialize.ts';
import type { Input } from './inputs.ts';
import type { VirtualRouter } from './router.ts';
import type { State } from './state.ts';
import { count, ZERO_STATS } from './stats.ts';
import { preceded, type Step } from './step.ts';
import { becomeBackup } from './transitions.ts';

/** An instance before its `startup`. */
export function createInstance(router: VirtualRouter, now: Instant, linkUp: boolean): State {
  const cause = { kind: 'not-started' } as const;
  return freeze({
    name: 'initialize',
    started: false,
    startAt: undefined,
    router,
    verdict: mayServe(router.priority),
    since: now,
    cause,
    linkUp,
    peers: [],
    stats: ZERO_STATS,
  });
}

/**
 * The whole protocol: what `input` at `now` makes of `state`. Pure; never throws, whatever a packet holds. The state
 * given is not changed. RFC 9568 §6.4; the sentences of the RFC are at the branches of the three state functions.
 */
export function step(state: State, now: Instant, input: Input): Step {
  const { state: next, effects } = evaluate(state, now, input);
  return { state: freeze(next), effects };
}

function evaluate(state: State, now: Instant, input: Input): Step {
  // Whoever slept through its lease does not own the address any more, whatever woke it.
  if (hasLapsed(state, now) && input.type !== 'shutdown' && input.type !== 'claim-failed') {
    const stats = count(state.stats, 'leasesLapsed');
    const lapsed = becomeBackup({ ...state, stats }, now, { kind: 'lease-lapsed' });
    return preceded(lapsed.effects, backup(lapsed.state, now, input));
  }
  switch (state.name) {
    case 'initialize':
      return initialize(state, now, input);
    case 'backup':
      return backup(state, now, input);
    case 'active':
      return active(state, now, input);
  }
}

function freeze(state: State): State {
  return Object.freeze(state);
}
