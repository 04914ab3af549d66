import type { Verdict } from '../election/verdict.ts';
import type { IpAddress } from '../net/address.ts';
import { type Centiseconds, toDuration } from '../time/centiseconds.ts';
import type { Duration } from '../time/duration.ts';
import { after, type Instant } from '../time/instant.ts';
import type { Effect } from './effects.ts';
import { HIGHEST_BACKUP_PRIORITY, heldAddresses, LEAVING_PRIORITY, type VirtualRouter } from './router.ts';
import type { Active, Backup, Cause, Initialize, State } from './state.ts';
import { count } from './stats.ts';
import type { Step } from './step.ts';
import { activeDownInterval, skewTime } from './timers.ts';

/** Out of the game: before the start, without a link, after the end. */
export function becomeInitialize(
  state: State,
  now: Instant,
  cause: Cause,
  plan: { readonly started: boolean; readonly startAt: Instant | undefined } = {
    started: true,
    startAt: undefined,
  },
): Step<Initialize> {
  const { router, verdict, linkUp, peers, stats } = state;
  return {
    state: {
      name: 'initialize',
      started: plan.started,
      startAt: plan.startAt,
      router,
      verdict,
      since: state.name === 'initialize' ? state.since : now,
      cause,
      linkUp,
      peers,
      stats,
    },
    effects: [
      ...(state.name === 'active' ? release(router) : []),
      ...interruptedResign(state),
      ...transition(state, 'initialize', cause),
    ],
  };
}

/**
 * Listen for a whole down interval before anything else. `activeInterval` is what the Active that made us step back
 * announced; our own when there is none (S2).
 */
export function becomeBackup(
  state: State,
  now: Instant,
  cause: Cause,
  listen: { readonly activeInterval?: Centiseconds; readonly resignBound?: Duration } = {},
): Step<Backup> {
  const { router, verdict, linkUp, peers, stats } = state;
  const activeInterval = listen.activeInterval ?? router.interval;
  const down = activeDownInterval(router, activeInterval);
  // Two nodes of a pair that are switched on together should not both claim: at the start the skew orders them.
  const order =
    router.pair && router.dialect.name !== 'carp' && state.name === 'initialize'
      ? skewTime(router.priority, activeInterval)
      : 0;
  return {
    state: {
      name: 'backup',
      router,
      verdict,
      since: now,
      cause,
      linkUp,
      peers,
      stats,
      activeInterval,
      activeDownAt: after(now, (down + order) as Duration),
      leaver: undefined,
      preemptFrom: undefined,
      yielding: listen.resignBound === undefined ? undefined : { until: after(now, listen.resignBound) },
    },
    effects: [...(state.name === 'active' ? release(router) : []), ...transition(state, 'backup', cause)],
  };
}

/**
 * Take the address: first the kernel, then the neighbours, then the other nodes; whoever wants to know is told last.
 * RFC 9568 §6.4.1 (110)-(140) and §6.4.2 (305)-(345) ask for the same actions.
 */
export function becomeActive(state: State, now: Instant, cause: Cause): Step<Active> {
  const { router, verdict, linkUp, peers } = state;
  const { addresses, lease } = router;
  const priority = claimedPriority(state, cause);
  return {
    state: {
      name: 'active',
      priority,
      router,
      verdict,
      since: now,
      cause,
      linkUp,
      peers,
      stats: count(state.stats, 'becameActive'),
      advertiseAt: after(now, toDuration(router.interval)),
      sentAt: now,
      renewedAt: now,
    },
    effects: [
      { type: 'claim', addresses, lease },
      ...accompany(router),
      { type: 'announce', addresses: heldAddresses(router) },
      advertise(router, priority),
      ...transition(state, 'active', cause),
    ],
  };
}

/**
 * What a node that becomes Active advertises. Not in the RFC: in a pair without preemption a takeover by silence
 * outranks whoever served before. When it turns out that the other was alive behind a broken network and both are
 * Active, the later takeover keeps the address, because clients and newer data are with it by now; by the configured
 * priorities they would move a second time. Ends with the next change to Backup. At 254 the addresses decide.
 */
function claimedPriority({ router, verdict, peers }: State, cause: Cause): number {
  const [last] = peers;
  if (verdict.standing !== 'serve') return router.priority;
  // CARP has no number that could be raised by one: its order is the interval.
  if (router.dialect.name === 'carp') return router.priority;
  if (!router.pair || router.preempt || cause.kind !== 'silence' || last === undefined)
    return router.priority;
  if (last.priority < router.priority) return router.priority;
  return Math.min(last.priority + 1, HIGHEST_BACKUP_PRIORITY);
}

/** Leaves the address and says so. First the address, so that two nodes never answer for it. */
export function farewell(state: Active): { readonly state: Active; readonly effects: readonly Effect[] } {
  return {
    state: { ...state, stats: count(state.stats, 'priorityZeroSent') },
    effects: [...release(state.router), advertise(state.router, LEAVING_PRIORITY)],
  };
}

export function advertise(router: VirtualRouter, priority: number): Effect {
  const addresses: readonly IpAddress[] = router.addresses.map((prefix) => prefix.address);
  return {
    type: 'advertise',
    advertisement: { vrid: router.vrid, priority, interval: router.interval, addresses },
  };
}

function release(router: VirtualRouter): Effect[] {
  return [{ type: 'release', addresses: heldAddresses(router) }];
}

export function accompany({ companions = [], lease }: VirtualRouter): Effect[] {
  return companions.length === 0 ? [] : [{ type: 'accompany', addresses: companions, lease }];
}

function transition(state: State, to: State['name'], cause: Cause): Effect[] {
  return state.name === to ? [] : [{ type: 'transition', from: state.name, to, cause }];
}

function interruptedResign(state: State): Effect[] {
  const waiting = state.name === 'backup' && state.yielding !== undefined && 'until' in state.yielding;
  return waiting ? [{ type: 'resign-outcome', outcome: { kind: 'interrupted' } }] : [];
}

/** The state under another verdict: what counts from now on is the effective priority. */
export function judged<S extends State>(state: S, verdict: Verdict): S {
  return { ...state, verdict, router: { ...state.router, priority: verdict.effectivePriority } };
}
