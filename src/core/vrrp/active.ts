import { carpTieLost } from '../carp/order.ts';
import { compareAddresses, type IpAddress, isMulticast } from '../net/address.ts';
import { type Prefix, samePrefix } from '../net/prefix.ts';
import { toDuration } from '../time/centiseconds.ts';
import { after, between, type Instant } from '../time/instant.ts';
import type { Advertisement } from './codec.ts';
import type { Effect } from './effects.ts';
import type { Input } from './inputs.ts';
import { receive } from './receive.ts';
import { heldAddresses, LEAVING_PRIORITY, type VirtualRouter } from './router.ts';
import { type Active, lateness, type State } from './state.ts';
import { count } from './stats.ts';
import { preceded, type Step, stay } from './step.ts';
import { activeDownInterval, lapseAfter, renewalPeriod } from './timers.ts';
import { accompany, advertise, becomeBackup, becomeInitialize, farewell, judged } from './transitions.ts';

/** RFC 9568 §6.4.3. */
export function active(state: Active, now: Instant, input: Input): Step {
  switch (input.type) {
    case 'shutdown': {
      const leaving = farewell(state); // S10 (610)-(625)
      return leave(
        leaving.effects,
        becomeInitialize(leaving.state, now, { kind: 'stopped' }, { started: false, startAt: undefined }),
      );
    }
    case 'resign': {
      const leaving = farewell(state);
      const step = becomeBackup(leaving.state, now, { kind: 'resigned' }, { resignBound: input.bound });
      return leave(leaving.effects, step);
    }
    case 'tick':
      return lateness(state, now) >= 0 ? sendAgain(state, now) : stay(state); // S11 (630)-(640)
    case 'datagram':
      return arrived(state, now, input);
    case 'link':
      if (input.up) return stay(state);
      return becomeInitialize({ ...state, linkUp: false }, now, { kind: 'link-down' });
    case 'election':
      return elected(state, now, judged(state, input.verdict));
    case 'advertised':
      return sent(state, now);
    case 'advertise-failed':
      return stay({ ...state, stats: count(state.stats, 'sendErrors') });
    case 'address-missing':
      return putBack(state, input.address);
    case 'claim-failed': {
      const leaving = farewell({ ...state, stats: count(state.stats, 'claimErrors') });
      return leave(
        leaving.effects,
        becomeBackup(leaving.state, now, { kind: 'claim-failed', detail: input.detail }),
      );
    }
    case 'reconfigure':
      return reconfigured(state, now, input.router);
    case 'startup':
      return stay(state);
  }
}

/** A verdict that it must not serve is a planned leave; another priority is announced at once. */
function elected(before: Active, now: Instant, judgedState: Active): Step {
  const { verdict, router } = judgedState;
  if (verdict.standing === 'never') {
    const leaving = farewell(judgedState);
    const cause = { kind: 'ineligible', reasons: verdict.reasons } as const;
    return leave(leaving.effects, becomeInitialize(leaving.state, now, cause));
  }
  // A priority that was raised by a takeover stays raised while nothing speaks against this node.
  const unchanged = verdict.standing === 'serve' && router.priority === before.router.priority;
  const priority = unchanged ? before.priority : router.priority;
  if (priority === before.priority) return stay(judgedState);
  return sendAgain({ ...judgedState, priority }, now);
}

/** True when the kernel has removed the addresses because this process did not renew them in time. */
export function hasLapsed(state: State, now: Instant): state is Active {
  return state.name === 'active' && between(state.renewedAt, now) >= lapseAfter(state.router.lease);
}

/** A farewell has released the addresses already; the transition after it need not do so again. */
function leave(effects: readonly Effect[], step: Step): Step {
  return preceded(effects, { ...step, effects: step.effects.filter((effect) => effect.type !== 'release') });
}

function sendAgain(state: Active, now: Instant, ...before: readonly Effect[]): Step {
  const advertiseAt = after(now, toDuration(state.router.interval));
  return stay({ ...state, advertiseAt }, ...before, advertise(state.router, state.priority));
}

/** The lease is renewed only from here: by a process that runs and is heard. */
function sent(state: Active, now: Instant): Step {
  const next = { ...state, sentAt: now, stats: count(state.stats, 'sent') };
  const { addresses, lease } = state.router;
  if (between(state.renewedAt, now) < renewalPeriod(lease)) return stay(next);
  return stay({ ...next, renewedAt: now }, { type: 'renew', addresses, lease }, ...accompany(state.router));
}

function putBack(state: Active, address: Prefix): Step {
  const { addresses: claimed, lease } = state.router;
  const type = claimed.some((one) => samePrefix(one, address)) ? 'claim' : 'accompany';
  return stay(
    { ...state, stats: count(state.stats, 'addressesPutBack') },
    { type, addresses: [address], lease },
    { type: 'announce', addresses: [address] },
    { type: 'report', report: { kind: 'address-put-back', address } },
  );
}

function arrived(before: Active, now: Instant, input: Extract<Input, { type: 'datagram' }>): Step {
  const { state, advertisement, effects } = receive(before, now, input);
  if (advertisement === undefined) return stay(state, ...effects);
  const peer = input.datagram.sender ?? input.datagram.source;
  // Not in the RFC: to answer would be in vain, so whoever knows it steps back, whatever the priorities.
  if (input.deaf === true && advertisement.priority !== LEAVING_PRIORITY) {
    const listen = { activeInterval: advertisement.interval };
    return preceded(effects, becomeBackup(state, now, { kind: 'unheard', peer }, listen));
  }
  // Each path has addresses of its own; equals must compare the same two on both ends.
  const { sender, destination } = input.datagram;
  const own = sender === undefined && !isMulticast(destination) ? destination : state.router.source;
  return preceded(effects, weigh(state, now, { source: peer, own }, advertisement));
}

interface Ends {
  readonly source: IpAddress;
  readonly own: IpAddress;
}

function weigh(state: Active, now: Instant, ends: Ends, advertisement: Advertisement): Step {
  const { source } = ends;
  const { router } = state;
  const { priority } = advertisement;
  const announce: Effect = { type: 'announce', addresses: heldAddresses(router) };
  // S12 (660)-(670). The one that leaves may have answered for the address until now, so the neighbours are told too.
  if (priority === LEAVING_PRIORITY) return sendAgain(state, now, announce);
  const listen = { activeInterval: advertisement.interval };
  // Not in the RFC: we were silent for so long that the sender took over rightly. It serves, we do not displace it.
  if (between(state.sentAt, now) > activeDownInterval(router, router.interval)) {
    return becomeBackup(
      { ...state, stats: count(state.stats, 'stalls') },
      now,
      { kind: 'displaced', peer: source },
      listen,
    );
  }
  // S13 (680)-(700)
  const tieLost = priority === state.priority && goesFirst(router, ends);
  if (priority > state.priority || tieLost) {
    return becomeBackup(state, now, { kind: 'outranked', peer: source, priority }, listen);
  }
  // S14 (710)-(720): it learns at once that it has to step back, and the neighbours who really owns the address.
  const conflict: Effect = { type: 'report', report: { kind: 'conflict', source, priority } };
  return sendAgain(state, now, announce, conflict);
}

/** A raised priority stays as long as its reason does; a configured one follows the configuration. */
function reconfiguredPriority(state: Active, router: VirtualRouter): number {
  const raised = state.priority > state.router.priority && router.pair && !router.preempt;
  return raised ? Math.max(state.priority, router.priority) : router.priority;
}

/** Between equals. */
function goesFirst(router: VirtualRouter, { source, own }: Ends): boolean {
  if (router.dialect.name === 'carp') return carpTieLost(source, own);
  return compareAddresses(source, own) > 0;
}

function reconfigured(state: Active, now: Instant, router: VirtualRouter): Step {
  const has = (list: readonly Prefix[], wanted: Prefix): boolean =>
    list.some((prefix) => samePrefix(prefix, wanted));
  const [before, after] = [heldAddresses(state.router), heldAddresses(router)];
  const gone = before.filter((old) => !has(after, old));
  const added = after.filter((wanted) => !has(before, wanted));
  return sendAgain(
    { ...state, router, priority: reconfiguredPriority(state, router), renewedAt: now },
    now,
    ...(gone.length > 0 ? [{ type: 'release', addresses: gone } as const] : []),
    // Also those that stay: the length of the lease may be another one.
    { type: 'claim', addresses: router.addresses, lease: router.lease },
    ...accompany(router),
    ...(added.length > 0 ? [{ type: 'announce', addresses: added } as const] : []),
  );
}
