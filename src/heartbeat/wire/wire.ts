import type { Forgery } from '../../core/authentication/receiver.ts';
import type { IpAddress } from '../../core/net/address.ts';
import type { Datagram } from '../../core/net/ipv4-packet.ts';
import type { Advertisement } from '../../core/vrrp/codec.ts';

/** The way of one packet. */
export interface Way {
  readonly source: IpAddress;
  readonly destination: IpAddress;
}

/** How far the clock of another node is from ours, as its signatures tell. */
export interface ClockDifference {
  readonly address: IpAddress;
  /** Positive: its clock is ahead. */
  readonly aheadSeconds: number;
  /** From this difference on one of the two refuses what the other signs. */
  readonly windowSeconds: number;
}

/** What arrived as the protocol is to see it. */
export interface Opened {
  readonly datagram: Datagram;
  /** Why it is not authentic, if it is not. */
  readonly forgery?: Forgery | undefined;
  /** The same advertisement came by another path before. */
  readonly copy?: boolean | undefined;
  /** The sender's clock is so far ahead of ours that it refuses what we sign. */
  readonly deaf?: boolean | undefined;
  /** The key that signed it. */
  readonly keyId?: number | undefined;
}

/** Between the protocol and the network: bytes of one dialect, and whatever proves who sent them. */
export interface Wire {
  /** One advertisement: a packet for each path that it is asked for; more than one while two forms of it are spoken. */
  encoders(advertisement: Advertisement): readonly ((path: Way) => Uint8Array)[];
  open(datagram: Datagram): Opened;
  /** Of nodes heard a short while ago whose clock differs so much that somebody should look. */
  readonly clockDifferences: readonly ClockDifference[];
}
