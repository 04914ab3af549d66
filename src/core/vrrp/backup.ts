import { lastInLineDelay } from '../election/candidate.ts';
import type { IpAddress } from '../net/address.ts';
import { toDuration } from '../time/centiseconds.ts';
import { type Duration, sum } from '../time/duration.ts';
import { after, type Instant } from '../time/instant.ts';
import type { Advertisement } from './codec.ts';
import type { Effect } from './effects.ts';
import type { Input } from './inputs.ts';
import { receive } from './receive.ts';
import { LEAVING_PRIORITY, OWNER_PRIORITY, type VirtualRouter } from './router.ts';
import { type Backup, type Cause, lateness } from './state.ts';
import { count } from './stats.ts';
import { preceded, type Step, stay } from './step.ts';
import { activeDownInterval, claimDelay } from './timers.ts';
import { becomeActive, becomeInitialize, judged } from './transitions.ts';

/** RFC 9568 §6.4.2. Nothing here answers or sends for the virtual address (S3): it is not on the interface. */
export function backup(state: Backup, now: Instant, input: Input): Step {
  switch (input.type) {
    case 'shutdown':
      return becomeInitialize(state, now, { kind: 'stopped' }, { started: false, startAt: undefined }); // S4 (365)-(380)
    case 'tick':
      return lateness(state, now) >= 0 ? due(state, now) : stay(state);
    case 'datagram':
      return arrived(state, now, input);
    case 'link':
      if (input.up) return stay(state);
      return becomeInitialize({ ...state, linkUp: false }, now, { kind: 'link-down' });
    case 'election':
      return elected(judged(state, input.verdict), now);
    case 'reconfigure':
      return reconfigured(state, now, input.router);
    case 'resign':
      return stay(state, { type: 'resign-outcome', outcome: { kind: 'not-active' } });
    case 'startup':
    case 'address-missing':
    case 'advertised':
    case 'advertise-failed':
    case 'claim-failed':
      return stay(state);
  }
}

/** The timers go on: another priority changes who goes before whom, not how long the silence is. */
function elected(state: Backup, now: Instant): Step {
  if (state.verdict.standing !== 'never') return stay(state);
  return becomeInitialize(state, now, { kind: 'ineligible', reasons: state.verdict.reasons });
}

/** The timer follows what the Active announced, until it announces something else; our own interval if none was heard. */
function reconfigured(state: Backup, now: Instant, router: VirtualRouter): Step {
  const heard = state.peers.some((peer) => peer.lastHeard >= state.since);
  const activeInterval = heard ? state.activeInterval : router.interval;
  return stay(listen({ ...state, router, activeInterval }, now));
}

/** Waits a full down interval from now on. */
function listen(state: Backup, now: Instant): Backup {
  const activeDownAt = after(now, activeDownInterval(state.router, state.activeInterval));
  return { ...state, activeDownAt, leaver: undefined };
}

function due(state: Backup, now: Instant): Step {
  const late = lateness(state, now) as Duration;
  // Who did not run for a whole down interval knows nothing about the silence: listen first.
  if (late > activeDownInterval(state.router, state.activeInterval)) {
    const stalled = { ...state, yielding: undefined, stats: count(state.stats, 'stalls') };
    return stay(
      listen(stalled, now),
      ...(waitsForSuccessor(state) ? [outcome({ kind: 'interrupted' })] : []),
      { type: 'report', report: { kind: 'not-scheduled', late } },
    );
  }
  if (waitsForSuccessor(state)) {
    const step = becomeActive(state, now, { kind: 'taken-back' });
    return { state: step.state, effects: [...step.effects, outcome({ kind: 'taken-back' })] };
  }
  // Not in the RFC: who may lack changes leaves it to a person whether it serves without them.
  if (state.verdict.standing === 'follow') return stay(listen(state, now), withheld(state));
  return becomeActive(state, now, claimCause(state)); // S5 (305)-(345)
}

function claimCause(state: Backup): Cause {
  if (state.leaver !== undefined) return { kind: 'peer-left', peer: state.leaver };
  const [last] = state.peers;
  // Silence is when nobody advertises; if someone of lower priority just did, it was preempted.
  if (state.preemptFrom !== undefined && last !== undefined && last.lastHeard >= state.preemptFrom) {
    return { kind: 'preempted', peer: last.address };
  }
  return { kind: 'silence' };
}

function arrived(before: Backup, now: Instant, input: Extract<Input, { type: 'datagram' }>): Step {
  const { state, advertisement, effects } = receive(before, now, input);
  if (advertisement === undefined) return stay(state, ...effects);
  const source = input.datagram.sender ?? input.datagram.source;
  return preceded(effects, weigh(state, now, source, advertisement));
}

function weigh(state: Backup, now: Instant, source: IpAddress, advertisement: Advertisement): Step {
  const { router } = state;
  if (advertisement.priority === LEAVING_PRIORITY || isAbandoning(router, advertisement)) {
    if (waitsForSuccessor(state)) return stay(state);
    if (state.verdict.standing === 'follow') return stay(listen(state, now), withheld(state));
    // Not in the RFC: who is to serve last leaves the address to whoever else may want it.
    if (state.verdict.standing === 'last') return stay(serveLast(state, now, source));
    // S6 (420): Skew_Time; in a pair there is nobody to wait for.
    const delay = claimDelay(router, state.activeInterval);
    const leaving = { ...state, activeDownAt: after(now, delay), leaver: source };
    return delay === 0 ? becomeActive(leaving, now, { kind: 'peer-left', peer: source }) : stay(leaving);
  }
  const handedOver = waitsForSuccessor(state) ? [outcome({ kind: 'handed-over', successor: source })] : [];
  const yielding = handedOver.length > 0 ? { to: source } : state.yielding;
  const outranked = advertisement.priority < router.priority && mayPreempt(state) && yielding === undefined;
  const preemptFrom = outranked ? (state.preemptFrom ?? after(now, router.preemptDelay)) : undefined;
  // S8 (460): discarded, so that the timer runs out and we take over.
  if (preemptFrom !== undefined && now >= preemptFrom) return stay({ ...state, preemptFrom });
  // S7 (440)-(455)
  const adopted = { ...state, activeInterval: advertisement.interval, yielding, preemptFrom };
  return stay(listen(adopted, now), ...handedOver);
}

function serveLast(state: Backup, now: Instant, leaver: IpAddress): Backup {
  const wait = sum(
    activeDownInterval(state.router, state.activeInterval),
    lastInLineDelay(state.activeInterval),
  );
  return { ...state, activeDownAt: after(now, wait), leaver };
}

/** UCARP: a node that will not be heard again within our own dead time is given up now. */
function isAbandoning(router: VirtualRouter, { interval }: Advertisement): boolean {
  return router.dialect.name === 'carp' && toDuration(interval) > activeDownInterval(router, interval);
}

/** RFC 9568 §6.1 Preempt_Mode: the address owner always preempts. Not in the RFC: nobody who may lack changes does. */
function mayPreempt({ router, verdict }: Backup): boolean {
  return (router.preempt && verdict.outOfSync !== true) || router.priority === OWNER_PRIORITY;
}

function withheld({ verdict }: Backup): Effect {
  return { type: 'report', report: { kind: 'withheld', reasons: verdict.reasons } };
}

function waitsForSuccessor(state: Backup): boolean {
  return state.yielding !== undefined && 'until' in state.yielding;
}

function outcome(result: Extract<Effect, { type: 'resign-outcome' }>['outcome']): Effect {
  return { type: 'resign-outcome', outcome: result };
}
