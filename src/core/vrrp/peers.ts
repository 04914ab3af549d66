import { type IpAddress, sameAddress } from '../net/address.ts';
import type { Centiseconds } from '../time/centiseconds.ts';
import type { Instant } from '../time/instant.ts';
import type { Advertisement } from './codec.ts';

/** Another node of the same virtual router, as last heard. */
export interface Peer {
  readonly address: IpAddress;
  /** 0: it said that it leaves. */
  readonly priority: number;
  readonly interval: Centiseconds;
  readonly lastHeard: Instant;
}

/** Whoever can put packets on the LAN can invent senders, so only the most recent ones are remembered. */
const MOST_PEERS = 16;

/** The peers, most recently heard first. */
export function heard(
  peers: readonly Peer[],
  now: Instant,
  source: IpAddress,
  advertisement: Advertisement,
): readonly Peer[] {
  const { priority, interval } = advertisement;
  const others = peers.filter((peer) => !sameAddress(peer.address, source));
  return [{ address: source, priority, interval, lastHeard: now }, ...others].slice(0, MOST_PEERS);
}
