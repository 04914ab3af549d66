import type { IpAddress } from '../core/net/address.ts';
import { ETHERTYPE_ARP } from '../core/net/arp.ts';
import {
  announcementFrames,
  claimInFrame,
  type NeighbourClaim,
  questionFrame,
} from '../core/net/neighbour.ts';
import { ETHERTYPE_IPV6 } from '../core/net/neighbour-discovery.ts';
import { calls, must } from './libc.ts';
import type { Link } from './netlink/link.ts';
import { attachFilter, type Condition } from './packet-filter.ts';
import { AF_PACKET, packetSocketAddress } from './socket-addresses.ts';

const SOCK_RAW_NONBLOCK_CLOEXEC = 3 | 0o4000 | 0o2000000;
const MSG_DONTWAIT = 0x40;
const ICMPV6 = 58;
const NEIGHBOUR_ADVERTISEMENT = 136;

/** Speaks ARP, or neighbour discovery, on one link: tells who we are, asks who others are, hears what they claim. */
export class NeighbourSocket {
  readonly fd: number;
  readonly #link: Link;
  readonly #family: 4 | 6;
  readonly #etherType: number;
  readonly #buffer = new Uint8Array(2048);

  /** Hears only what is claimed about `watched`. Throws `SystemCallError`; nothing is left open then. */
  constructor(link: Link, family: 4 | 6, watched: readonly IpAddress[]) {
    this.#link = link;
    this.#family = family;
    this.#etherType = family === 4 ? ETHERTYPE_ARP : ETHERTYPE_IPV6;
    // Protocol 0: it hears nothing before the filter is in place.
    this.fd = must('socket', 'open a packet socket', AF_PACKET, SOCK_RAW_NONBLOCK_CLOEXEC, 0);
    try {
      attachFilter(this.fd, family === 4 ? claimsInArp(watched) : claimsInNeighbourDiscovery(watched));
      const address = packetSocketAddress(link.index, this.#etherType, link.mac);
      must('bind', `listen to neighbours on ${link.name}`, this.fd, address, address.length);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Tells the neighbours that `address` is here. Throws `SystemCallError`, for example when the link is down. */
  announce(address: IpAddress): void {
    for (const frame of announcementFrames(address, this.#link.mac)) this.#send(frame, 'announce an address');
  }

  /** Asks who has `address`; without a `source` nobody learns ours from the question. */
  ask(address: IpAddress, source: IpAddress | undefined): void {
    this.#send(questionFrame(address, this.#link.mac, source), 'ask for an address');
  }

  /** The next thing a neighbour claimed, or undefined when there is none. */
  receive(): NeighbourClaim | undefined {
    for (;;) {
      const length = calls.recv(this.fd, this.#buffer, this.#buffer.length, MSG_DONTWAIT);
      // A link that goes down is told as an error once; the monitor tells it too.
      if (length < 0) return undefined;
      const claim = claimInFrame(this.#family, this.#buffer.subarray(0, length));
      if (claim !== undefined) return claim;
    }
  }

  close(): void {
    calls.close(this.fd);
  }

  #send(frame: Uint8Array, purpose: string): void {
    const destination = packetSocketAddress(this.#link.index, this.#etherType, frame.subarray(0, 6));
    const what = `${purpose} on ${this.#link.name}`;
    must('sendto', what, this.fd, frame, frame.length, MSG_DONTWAIT, destination, destination.length);
  }
}

/** The sender's protocol address, whatever the operation. */
function claimsInArp(watched: readonly IpAddress[]): readonly Condition[] {
  return [
    {
      size: 4,
      offset: 28,
      values: watched.map(({ bytes }) => new DataView(bytes.buffer, bytes.byteOffset).getUint32(0)),
    },
  ];
}

/** The last four bytes of the target of a neighbour advertisement; the rest is compared later. */
function claimsInNeighbourDiscovery(watched: readonly IpAddress[]): readonly Condition[] {
  const last = watched.map(({ bytes }) => new DataView(bytes.buffer, bytes.byteOffset).getUint32(12));
  return [
    { size: 1, offset: 20, values: [ICMPV6] },
    { size: 1, offset: 54, values: [NEIGHBOUR_ADVERTISEMENT] },
    { size: 4, offset: 74, values: last },
  ];
}
