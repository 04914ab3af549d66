import type { IpAddress } from '../core/net/address.ts';
import { gratuitousArpFrames } from '../core/net/arp.ts';
import { calls, must } from './libc.ts';
import type { Link } from './netlink/link.ts';
import { AF_PACKET, packetSocketAddress } from './socket-addresses.ts';

const SOCK_RAW_NONBLOCK_CLOEXEC = 3 | 0o4000 | 0o2000000;
const MSG_DONTWAIT = 0x40;
const ETHERTYPE_ARP = 0x0806;
const BROADCAST = new Uint8Array(6).fill(0xff);

/** Tells the neighbours on one link which Ethernet address an IP address has now. */
export class NeighbourAnnouncer {
  readonly #fd: number;
  readonly #link: Link;
  readonly #destination: Uint8Array;

  constructor(link: Link) {
    this.#link = link;
    // Protocol 0: the socket only sends; the kernel hands it nothing.
    this.#fd = must('socket', 'open a packet socket', AF_PACKET, SOCK_RAW_NONBLOCK_CLOEXEC, 0);
    this.#destination = packetSocketAddress(link.index, ETHERTYPE_ARP, BROADCAST);
  }

  /** Throws `SystemCallError`, for example when the link is down. */
  announce(address: IpAddress): void {
    const purpose = `announce an address on ${this.#link.name}`;
    const destination = this.#destination;
    for (const frame of gratuitousArpFrames(address, this.#link.mac)) {
      must('sendto', purpose, this.#fd, frame, frame.length, MSG_DONTWAIT, destination, destination.length);
    }
  }

  close(): void {
    calls.close(this.#fd);
  }
}
