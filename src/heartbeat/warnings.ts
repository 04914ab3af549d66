import { formatAddress, isMulticast, sameAddress } from '../core/net/address.ts';
import { formatMac } from '../core/net/neighbour.ts';
import { formatPrefix, type Prefix } from '../core/net/prefix.ts';
import type { Conflict } from '../core/ownership/guard.ts';
import { seconds, toMilliseconds } from '../core/time/duration.ts';
import { between, type Instant } from '../core/time/instant.ts';
import { type LostPath, lostPaths, type Peer } from '../core/vrrp/peers.ts';
import type { State } from '../core/vrrp/state.ts';
import type { PathStatus } from './channels.ts';
import type { PathPlan } from './paths.ts';
import { forceHint } from './sentence.ts';
import type { ClockDifference } from './wire/wire.ts';

/** A conflict that was not seen again for so long is over. */
const CONFLICT_SHOWN_FOR = seconds(60);

/** What is wrong although the state is what it should be, as sentences. */
export function statusWarnings(
  state: State,
  now: Instant,
  context: {
    readonly conflicts: readonly Conflict[];
    readonly paths: readonly PathStatus[];
    readonly pathPlans: readonly PathPlan[];
    readonly clocks: readonly ClockDifference[];
    readonly change: { readonly warning: string } | undefined;
    readonly interfaceName: string;
    readonly holds: (prefix: Prefix) => boolean;
  },
): readonly string[] {
  return [
    ...standingWarnings(state),
    ...missingCompanions(state, context),
    ...lostPaths(state, now, (peer) => expectedPaths(peer, context.pathPlans)).map((lost) =>
      lostText(lost, now),
    ),
    ...context.paths
      .filter(({ lastError }) => lastError !== null)
      .map(({ name, lastError }) => `The path ${name} does not work: ${lastError}.`),
    ...context.conflicts
      .filter(({ lastSeen }) => between(lastSeen, now) < CONFLICT_SHOWN_FOR)
      .map(({ address, mac }) => `${formatMac(mac)} also answers for ${formatAddress(address)}.`),
    ...context.clocks.map(clockText),
    ...(context.change === undefined ? [] : [context.change.warning]),
  ];
}

function clockText({ address, aheadSeconds, windowSeconds }: ClockDifference): string {
  const who = formatAddress(address);
  const apart = inWords(Math.abs(aheadSeconds));
  const remedy = 'Set the clocks of both nodes (NTP).';
  if (aheadSeconds < -windowSeconds) {
    return `The clock of ${who} is ${apart} behind ours, or somebody replays what it sent then: it is refused. ${remedy}`;
  }
  if (aheadSeconds > windowSeconds) {
    return `The clock of ${who} is ${apart} ahead of ours: it refuses what this node signs, so this node does not serve beside it. ${remedy}`;
  }
  return `The clock of ${who} is ${apart} ${aheadSeconds > 0 ? 'ahead of' : 'behind'} ours; more than ${windowSeconds} s and the nodes refuse each other. ${remedy}`;
}

/** 3 hours 20 minutes, 45 seconds: the largest unit and the next one. */
function inWords(seconds: number): string {
  const units = [
    ['day', 86_400],
    ['hour', 3_600],
    ['minute', 60],
    ['second', 1],
  ] as const;
  const first = Math.max(
    0,
    units.findIndex(([, size]) => seconds >= size),
  );
  let left = seconds;
  const parts = units.slice(first, first + 2).map(([name, size]) => {
    const amount = Math.floor(left / size);
    left -= amount * size;
    return amount === 0 ? '' : `${amount} ${name}${amount === 1 ? '' : 's'}`;
  });
  return parts.filter((part) => part !== '').join(' ') || '0 seconds';
}

function standingWarnings({ name, verdict }: State): readonly string[] {
  const reasons = verdict.reasons.join('; ');
  if (verdict.standing === 'follow') return [`It does not take over by itself: ${reasons}. ${forceHint}`];
  if (verdict.standing !== 'last') return [];
  return name === 'active'
    ? [`It serves although ${reasons}: no other node takes the address.`]
    : [`It takes over only if no other node serves: ${reasons}.`];
}

/** Without one the node serves all the same, but not there. */
function missingCompanions(
  { name, router: { companions = [] } }: State,
  on: { readonly interfaceName: string; readonly holds: (prefix: Prefix) => boolean },
): readonly string[] {
  if (name !== 'active') return [];
  return companions
    .filter((prefix) => !on.holds(prefix))
    .map(
      (prefix) =>
        `${formatPrefix(prefix)} is not on ${on.interfaceName} although this node is active: nobody is served there (is IPv6 switched off on it?).`,
    );
}

function expectedPaths(peer: Peer, plans: readonly PathPlan[]): readonly string[] {
  return plans
    .filter(({ destination, peer: known }) =>
      isMulticast(destination)
        ? known === undefined || sameAddress(known, peer.address)
        : sameAddress(known ?? destination, peer.address),
    )
    .map(({ name }) => name);
}

function lostText({ peer, name, lastHeard }: LostPath, now: Instant): string {
  const who = formatAddress(peer.address);
  const since =
    lastHeard === undefined
      ? 'has never been heard'
      : `has not been heard for ${Math.round(toMilliseconds(between(lastHeard, now)))} ms`;
  return `${who} ${since} by ${name}, although it is by another path: ${guess(name)}.`;
}

/** The likely cause, from what else works. */
function guess(name: string): string {
  if (name.startsWith('multicast')) {
    return 'multicast is probably filtered between the nodes (IGMP snooping without a querier, or a firewall)';
  }
  return name.includes(' on ')
    ? 'that interface or its cable is probably down on the other node'
    : 'unicast of protocol 112 is probably filtered, or the other node has no such path';
}
