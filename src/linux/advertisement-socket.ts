import { formatAddress, type IpAddress, isMulticast } from '../core/net/address.ts';
import { type Datagram, parseIpv4Packet } from '../core/net/ipv4-packet.ts';
import {
  calls,
  EAGAIN,
  ECONNREFUSED,
  EHOSTUNREACH,
  EINTR,
  ENETUNREACH,
  ENOPROTOOPT,
  EPROTO,
  errno,
  must,
  setIntOption,
} from './libc.ts';
import type { Link } from './netlink/link.ts';
import { AF_INET, ipv4SocketAddress, multicastRequest } from './socket-addresses.ts';
import { SystemCallError } from './system-call-error.ts';

const SOCK_RAW_NONBLOCK_CLOEXEC = 3 | 0o4000 | 0o2000000;
const SOL_SOCKET = 1;
const SO_PRIORITY = 12;
const SO_BINDTODEVICE = 25;
const IPPROTO_IP = 0;
const IP_TOS = 1;
const IP_TTL = 2;
const IP_MULTICAST_IF = 32;
const IP_MULTICAST_TTL = 33;
const IP_MULTICAST_LOOP = 34;
const IP_ADD_MEMBERSHIP = 35;
const IP_MULTICAST_ALL = 49;
/** Network control (CS6), as routers mark their own protocols. */
const TOS_NETWORK_CONTROL = 0xc0;
const MSG_DONTWAIT = 0x40;

/** Sends advertisements to one destination from one interface, and receives those that come from there. */
export interface AdvertisementChannel {
  readonly fd: number;
  readonly source: IpAddress;
  readonly destination: IpAddress;
  /** Throws `SystemCallError`, for example when the link is down or a firewall refuses. */
  send(payload: Uint8Array): void;
  /** The next packet that arrived, or undefined when there is none. */
  receive(): Datagram | undefined;
  close(): void;
}

/**
 * A raw IPv4 socket on one interface for one IP protocol. With a multicast group as its destination it listens to the
 * group; with another node, to that node alone.
 */
export class AdvertisementSocket implements AdvertisementChannel {
  readonly fd: number;
  readonly source: IpAddress;
  readonly destination: IpAddress;
  readonly #destinationAddress: Uint8Array;
  readonly #buffer = new Uint8Array(2048);

  /** Throws `SystemCallError`; nothing is left open then. */
  constructor(link: Link, protocol: number, destination: IpAddress, source: IpAddress) {
    this.source = source;
    this.destination = destination;
    this.#destinationAddress = ipv4SocketAddress(destination);
    const purpose = `open a raw socket on ${link.name}`;
    this.fd = must('socket', purpose, AF_INET, SOCK_RAW_NONBLOCK_CLOEXEC, protocol);
    try {
      const device = new TextEncoder().encode(`${link.name}\0`);
      must('setsockopt', purpose, this.fd, SOL_SOCKET, SO_BINDTODEVICE, device, device.length);
      if (isMulticast(destination)) this.#joinGroup(link);
      else this.#connect(link);
      setIntOption(this.fd, IPPROTO_IP, IP_TOS, TOS_NETWORK_CONTROL, purpose);
      setIntOption(this.fd, SOL_SOCKET, SO_PRIORITY, 6, purpose);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  send(payload: Uint8Array): void {
    const address = this.#destinationAddress;
    must(
      'sendto',
      'send an advertisement',
      this.fd,
      payload,
      payload.length,
      MSG_DONTWAIT,
      address,
      address.length,
    );
  }

  receive(): Datagram | undefined {
    for (;;) {
      const length = calls.recv(this.fd, this.#buffer, this.#buffer.length, MSG_DONTWAIT);
      if (length < 0) {
        const reason = errno();
        if (reason === EAGAIN) return undefined;
        // The latter: the other node has no such protocol, said by ICMP; it is not running, which is no failure of ours.
        if (reason === EINTR || isUnreachable(reason)) continue;
        throw new SystemCallError('recv', 'receive advertisements', reason);
      }
      const datagram = parseIpv4Packet(this.#buffer.subarray(0, length));
      if (datagram !== undefined) return datagram;
    }
  }

  close(): void {
    calls.close(this.fd);
  }

  #joinGroup(link: Link): void {
    const purpose = `join the multicast group on ${link.name}`;
    // Also sets the source address of what is sent to the group (ip(7), IP_MULTICAST_IF).
    const request = multicastRequest(this.destination, this.source, link.index);
    must('setsockopt', purpose, this.fd, IPPROTO_IP, IP_MULTICAST_IF, request, request.length);
    must('setsockopt', purpose, this.fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, request, request.length);
    setIntOption(this.fd, IPPROTO_IP, IP_MULTICAST_ALL, 0, purpose);
    setIntOption(this.fd, IPPROTO_IP, IP_MULTICAST_LOOP, 0, purpose);
    setIntOption(this.fd, IPPROTO_IP, IP_MULTICAST_TTL, 255, purpose);
  }

  /** The kernel then hands it only what comes from that node to this address (raw(7)). */
  #connect(link: Link): void {
    const purpose = `reach ${formatAddress(this.destination)} on ${link.name}`;
    setIntOption(this.fd, IPPROTO_IP, IP_TTL, 255, purpose);
    const own = ipv4SocketAddress(this.source);
    must('bind', purpose, this.fd, own, own.length);
    must('connect', purpose, this.fd, this.#destinationAddress, this.#destinationAddress.length);
  }
}

const UNREACHABLE: ReadonlySet<number> = new Set([
  ECONNREFUSED,
  EHOSTUNREACH,
  ENETUNREACH,
  ENOPROTOOPT,
  EPROTO,
]);

function isUnreachable(reason: number): boolean {
  return UNREACHABLE.has(reason);
}
