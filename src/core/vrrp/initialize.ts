import { after, type Instant } from '../time/instant.ts';
import type { Input } from './inputs.ts';
import { receive } from './receive.ts';
import { OWNER_PRIORITY } from './router.ts';
import { type Initialize, lateness } from './state.ts';
import { type Step, stay } from './step.ts';
import { becomeActive, becomeBackup, becomeInitialize, judged } from './transitions.ts';

/** RFC 9568 §6.4.1. */
export function initialize(state: Initialize, now: Instant, input: Input): Step {
  switch (input.type) {
    case 'startup':
      return started(state, now);
    case 'shutdown':
      return becomeInitialize(state, now, { kind: 'stopped' }, { started: false, startAt: undefined });
    case 'link':
      return linkChanged({ ...state, linkUp: input.up }, now);
    case 'election':
      return elected(judged(state, input.verdict), now);
    case 'tick':
      return lateness(state, now) >= 0 ? linkChanged(state, now) : stay(state);
    case 'datagram': {
      const received = receive(state, now, input);
      return stay(received.state, ...received.effects);
    }
    case 'reconfigure':
      return stay({ ...state, router: input.router });
    case 'resign':
      return stay(state, { type: 'resign-outcome', outcome: { kind: 'not-active' } });
    case 'address-missing':
    case 'advertised':
    case 'advertise-failed':
    case 'claim-failed':
      return stay(state);
  }
}

function started(state: Initialize, now: Instant): Step {
  const { startDelay } = state.router;
  return linkChanged(
    { ...state, started: true, startAt: startDelay > 0 ? after(now, startDelay) : undefined },
    now,
  );
}

/** Only a verdict that changes whether it may take part changes more than the priority. */
function elected(state: Initialize, now: Instant): Step {
  const barred = state.cause.kind === 'ineligible';
  return barred || state.verdict.standing === 'never' ? linkChanged(state, now) : stay(state);
}

function linkChanged(state: Initialize, now: Instant): Step {
  if (!state.started) return stay(state);
  if (!state.linkUp) return becomeInitialize(state, now, { kind: 'link-down' }, state);
  if (state.verdict.standing === 'never') {
    const startAt = state.startAt !== undefined && now < state.startAt ? state.startAt : undefined;
    const cause = { kind: 'ineligible', reasons: state.verdict.reasons } as const;
    return becomeInitialize(state, now, cause, { started: true, startAt });
  }
  if (state.startAt !== undefined && now < state.startAt) {
    return becomeInitialize(state, now, { kind: 'start-delay' }, state);
  }
  return join(state, now);
}

function join(state: Initialize, now: Instant): Step {
  // S1 §6.4.1 (105): the owner of the address does not ask.
  if (state.router.priority === OWNER_PRIORITY) return becomeActive(state, now, { kind: 'owner' });
  // S2 §6.4.1 (150)-(165)
  return becomeBackup(state, now, { kind: backAgain(state) });
}

function backAgain(state: Initialize): 'link-up' | 'eligible' | 'started' {
  if (state.cause.kind === 'link-down') return 'link-up';
  return state.cause.kind === 'ineligible' ? 'eligible' : 'started';
}
