import { formatAddress } from '../net/address.ts';
import { formatPrefix, type Prefix } from '../net/prefix.ts';
import { type Duration, toMilliseconds, toSeconds } from '../time/duration.ts';
import { type Instant, instant } from '../time/instant.ts';
import type { Effect } from './effects.ts';
import { type Cause, deadline, type State } from './state.ts';
import { ZERO_STATS } from './stats.ts';

/** One line per effect, as scenarios print it. */
export function printEffect(effect: Effect): string {
  switch (effect.type) {
    case 'claim':
    case 'renew':
    case 'accompany':
      return `${effect.type} ${list(effect.addresses)} for ${toSeconds(effect.lease)} s`;
    case 'release':
    case 'announce':
      return `${effect.type} ${list(effect.addresses)}`;
    case 'advertise': {
      const { vrid, priority, interval, addresses } = effect.advertisement;
      return `advertise vrid ${vrid} priority ${priority} interval ${interval} cs ${addresses.map(formatAddress).join(' ')}`;
    }
    case 'transition':
      return `transition ${effect.from} -> ${effect.to}: ${printCause(effect.cause)}`;
    case 'resign-outcome':
      return `resign-outcome ${printFields(effect.outcome)}`;
    case 'report':
      return `report ${printFields(effect.report)}`;
  }
}

/** What the state waits for, or that it waits for nothing; `begin` is where the times count from. */
export function printDeadline(state: State, begin: Instant = instant(0)): string {
  const due = deadline(state);
  return due === undefined
    ? `${state.name}, no deadline`
    : `${state.name} until ${printInstant(due.at, begin)}: ${due.reason}`;
}

/** The counters that are not zero. */
export function printStats(state: State): string {
  const { dropped, ...counters } = state.stats;
  const parts = Object.entries(counters).filter(
    ([name, value]) => value !== ZERO_STATS[name as keyof typeof counters],
  );
  const drops = Object.entries(dropped).map(([reason, value]) => [`dropped.${reason}`, value] as const);
  return [...parts, ...drops].map(([name, value]) => `${name}=${value}`).join(' ') || 'all zero';
}

export function printPeers(state: State, now: Instant): string {
  const peers = state.peers.map(
    (peer) =>
      `${formatAddress(peer.address)} priority ${peer.priority}, heard ${toMilliseconds((now - peer.lastHeard) as Duration)} ms ago`,
  );
  return peers.join('; ') || 'none';
}

export function printInstant(at: Instant, begin: Instant = instant(0)): string {
  return `${Math.round((at - begin) * 100) / 100_000} ms`;
}

function printCause(cause: Cause): string {
  return printFields(cause);
}

/** `kind` first, then the other fields by name. */
function printFields(value: { readonly kind: string }): string {
  const { kind, ...fields } = value;
  const printed = Object.entries(fields).map(([name, field]) => `${name} ${printValue(field)}`);
  return [kind, ...printed].join(' ');
}

function printValue(value: unknown): string {
  if (Array.isArray(value)) return value.map(printValue).join(' ');
  if (typeof value === 'object' && value !== null) {
    if ('length' in value) return formatPrefix(value as Prefix);
    return formatAddress(value as Parameters<typeof formatAddress>[0]);
  }
  // The only bare numbers in reports are priorities and durations; durations are whole thousands of microseconds.
  return typeof value === 'number' && value >= 1000 ? `${value / 1000} ms` : String(value);
}

function list(prefixes: readonly Prefix[]): string {
  return prefixes.map(formatPrefix).join(' ');
}
