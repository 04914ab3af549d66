import { type IpAddress, sameAddress } from '../net/address.ts';
import { type Centiseconds, toDuration } from '../time/centiseconds.ts';
import { times } from '../time/duration.ts';
import { after, between, type Instant } from '../time/instant.ts';
import type { Advertisement } from './codec.ts';
import type { Backup, State } from './state.ts';
import { activeDownInterval } from './timers.ts';

/** Another node of the same virtual router, as last heard. */
export interface Peer {
  readonly address: IpAddress;
  /** 0: it said that it leaves. */
  readonly priority: number;
  readonly interval: Centiseconds;
  readonly lastHeard: Instant;
  readonly firstHeard: Instant;
  /** By which paths it was heard, most recent first. */
  readonly paths: readonly PathHeard[];
}

interface PathHeard {
  readonly name: string;
  readonly lastHeard: Instant;
}

/** Whoever can put packets on the LAN can invent senders, so only the most recent ones are remembered. */
const MOST_PEERS = 16;
const MOST_PATHS = 8;
/** A little more than one, so that the usual jitter is not taken for silence. */
const LATE_AFTER_INTERVALS = 1.25;

/** The peers, most recently heard first. */
export function heard(
  peers: readonly Peer[],
  now: Instant,
  source: IpAddress,
  advertisement: Advertisement,
  path: string,
): readonly Peer[] {
  const { priority, interval } = advertisement;
  const known = peers.find((peer) => sameAddress(peer.address, source));
  const others = peers.filter((peer) => peer !== known);
  const paths = withPath(known?.paths ?? [], path, now);
  const peer = {
    address: source,
    priority,
    interval,
    lastHeard: now,
    firstHeard: known?.firstHeard ?? now,
    paths,
  };
  return [peer, ...others].slice(0, MOST_PEERS);
}

/** The same peers after a copy of an advertisement came by another path. */
export function heardAgain(
  peers: readonly Peer[],
  now: Instant,
  source: IpAddress,
  path: string,
): readonly Peer[] {
  return peers.map((peer) =>
    sameAddress(peer.address, source) ? { ...peer, paths: withPath(peer.paths, path, now) } : peer,
  );
}

function withPath(paths: readonly PathHeard[], name: string, now: Instant): readonly PathHeard[] {
  return [{ name, lastHeard: now }, ...paths.filter((other) => other.name !== name)].slice(0, MOST_PATHS);
}

/** True while some other node that serves was heard, on any path, within the down interval. */
export function hearsPeer(state: State, now: Instant): boolean {
  const interval = state.name === 'backup' ? state.activeInterval : state.router.interval;
  const down = activeDownInterval(state.router, interval);
  return state.peers.some((peer) => peer.priority > 0 && between(peer.lastHeard, now) < down);
}

/** From when on the next advertisement is late; undefined when nobody was heard yet. */
export function overdueAt({ peers, activeInterval }: Backup): Instant | undefined {
  const [latest] = peers;
  return latest === undefined
    ? undefined
    : after(latest.lastHeard, times(toDuration(activeInterval), LATE_AFTER_INTERVALS));
}

/** A path by which a peer should be heard and is not, although it is by another one. */
export interface LostPath {
  readonly peer: Peer;
  readonly name: string;
  /** Undefined when it never was heard by it. */
  readonly lastHeard: Instant | undefined;
}

/** `expected` names the paths by which a peer should be heard. A path counts as lost after a down interval. */
export function lostPaths(
  state: State,
  now: Instant,
  expected: (peer: Peer) => readonly string[],
): readonly LostPath[] {
  const interval = state.name === 'backup' ? state.activeInterval : state.router.interval;
  const down = activeDownInterval(state.router, interval);
  const isSilent = (since: Instant): boolean => between(since, now) >= down;
  return state.peers
    .filter((peer) => peer.priority > 0 && !isSilent(peer.lastHeard))
    .flatMap((peer) =>
      expected(peer)
        .map((name) => ({
          peer,
          name,
          lastHeard: peer.paths.find((path) => path.name === name)?.lastHeard,
        }))
        .filter(({ lastHeard }) => isSilent(lastHeard ?? peer.firstHeard)),
    );
}
