import type { IpAddress } from '../core/net/address.ts';
import { type Datagram, parseIpv4Packet } from '../core/net/ipv4-packet.ts';
import { calls, EAGAIN, EINTR, errno, must, setIntOption } from './libc.ts';
import type { Link } from './netlink/link.ts';
import { AF_INET, ipv4SocketAddress, multicastRequest } from './socket-addresses.ts';
import { SystemCallError } from './system-call-error.ts';

const SOCK_RAW_NONBLOCK_CLOEXEC = 3 | 0o4000 | 0o2000000;
const SOL_SOCKET = 1;
const SO_PRIORITY = 12;
const SO_BINDTODEVICE = 25;
const IPPROTO_IP = 0;
const IP_TOS = 1;
const IP_MULTICAST_IF = 32;
const IP_MULTICAST_TTL = 33;
const IP_MULTICAST_LOOP = 34;
const IP_ADD_MEMBERSHIP = 35;
const IP_MULTICAST_ALL = 49;
/** Network control (CS6), as routers mark their own protocols. */
const TOS_NETWORK_CONTROL = 0xc0;
const MSG_DONTWAIT = 0x40;

/** A raw IPv4 socket on one interface that sends to and listens on one multicast group of one IP protocol. */
export class AdvertisementSocket {
  readonly fd: number;
  readonly source: IpAddress;
  readonly group: IpAddress;
  readonly #groupAddress: Uint8Array;
  readonly #buffer = new Uint8Array(2048);

  /** Throws `SystemCallError`; nothing is left open then. */
  constructor(link: Link, protocol: number, group: IpAddress, source: IpAddress) {
    this.source = source;
    this.group = group;
    this.#groupAddress = ipv4SocketAddress(group);
    const purpose = `open a raw socket on ${link.name}`;
    this.fd = must('socket', purpose, AF_INET, SOCK_RAW_NONBLOCK_CLOEXEC, protocol);
    try {
      const device = new TextEncoder().encode(`${link.name}\0`);
      must('setsockopt', purpose, this.fd, SOL_SOCKET, SO_BINDTODEVICE, device, device.length);
      // Also sets the source address of what is sent to the group (ip(7), IP_MULTICAST_IF).
      const request = multicastRequest(group, source, link.index);
      must('setsockopt', purpose, this.fd, IPPROTO_IP, IP_MULTICAST_IF, request, request.length);
      must(
        'setsockopt',
        `join the multicast group on ${link.name}`,
        this.fd,
        IPPROTO_IP,
        IP_ADD_MEMBERSHIP,
        request,
        request.length,
      );
      setIntOption(this.fd, IPPROTO_IP, IP_MULTICAST_ALL, 0, purpose);
      setIntOption(this.fd, IPPROTO_IP, IP_MULTICAST_LOOP, 0, purpose);
      setIntOption(this.fd, IPPROTO_IP, IP_MULTICAST_TTL, 255, purpose);
      setIntOption(this.fd, IPPROTO_IP, IP_TOS, TOS_NETWORK_CONTROL, purpose);
      setIntOption(this.fd, SOL_SOCKET, SO_PRIORITY, 6, purpose);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Sends to the group. Throws `SystemCallError`, for example when the link is down or a firewall refuses. */
  send(payload: Uint8Array): void {
    const address = this.#groupAddress;
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

  /** The next packet that arrived, or undefined when there is none. */
  receive(): Datagram | undefined {
    for (;;) {
      const length = calls.recv(this.fd, this.#buffer, this.#buffer.length, MSG_DONTWAIT);
      if (length < 0) {
        const reason = errno();
        if (reason === EAGAIN) return undefined;
        if (reason === EINTR) continue;
        throw new SystemCallError('recv', 'receive advertisements', reason);
      }
      const datagram = parseIpv4Packet(this.#buffer.subarray(0, length));
      if (datagram !== undefined) return datagram;
    }
  }

  close(): void {
    calls.close(this.fd);
  }
}
