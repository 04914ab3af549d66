import { formatAddress, type IpAddress, isMulticast, sameAddress } from '../core/net/address.ts';
import type { Datagram } from '../core/net/ipv4-packet.ts';
import { parseIpv6Packet } from '../core/net/ipv6-packet.ts';
import { ETHERTYPE_IPV6 } from '../core/net/neighbour-discovery.ts';
import type { AdvertisementChannel } from './advertisement-socket.ts';
import { calls, must, setIntOption } from './libc.ts';
import type { Link } from './netlink/link.ts';
import { attachFilter } from './packet-filter.ts';
import {
  AF_INET6,
  AF_PACKET,
  ipv6MulticastRequest,
  ipv6SocketAddress,
  packetSocketAddress,
} from './socket-addresses.ts';

const SOCK_RAW_NONBLOCK_CLOEXEC = 3 | 0o4000 | 0o2000000;
const IPPROTO_IPV6 = 41;
const IPV6_UNICAST_HOPS = 16;
const IPV6_MULTICAST_IF = 17;
const IPV6_MULTICAST_HOPS = 18;
const IPV6_MULTICAST_LOOP = 19;
const IPV6_ADD_MEMBERSHIP = 20;
const IPV6_TCLASS = 67;
const CLASS_NETWORK_CONTROL = 0xc0;
const MSG_DONTWAIT = 0x40;
const ETHERNET_HEADER = 14;

/**
 * The same as `AdvertisementSocket` over IPv6. A raw IPv6 socket is not given the header with the hop limit, so what
 * arrives is read as frames, behind a filter in the kernel.
 */
export class Ipv6AdvertisementSocket implements AdvertisementChannel {
  readonly fd: number;
  readonly source: IpAddress;
  readonly destination: IpAddress;
  readonly #protocol: number;
  readonly #sender: number;
  readonly #destinationAddress: Uint8Array;
  readonly #buffer = new Uint8Array(2048);

  /** Throws `SystemCallError`; nothing is left open then. */
  constructor(link: Link, protocol: number, destination: IpAddress, source: IpAddress) {
    this.source = source;
    this.destination = destination;
    this.#protocol = protocol;
    this.#destinationAddress = ipv6SocketAddress(destination, link.index);
    this.fd = must('socket', 'open a packet socket', AF_PACKET, SOCK_RAW_NONBLOCK_CLOEXEC, 0);
    try {
      attachFilter(this.fd, [{ size: 1, offset: ETHERNET_HEADER + 6, values: [protocol] }]);
      const frames = packetSocketAddress(link.index, ETHERTYPE_IPV6, link.mac);
      must('bind', `listen on ${link.name}`, this.fd, frames, frames.length);
      this.#sender = this.#openSender(link, protocol);
    } catch (error) {
      calls.close(this.fd);
      throw error;
    }
  }

  send(payload: Uint8Array): void {
    const address = this.#destinationAddress;
    const purpose = 'send an advertisement';
    must('sendto', purpose, this.#sender, payload, payload.length, MSG_DONTWAIT, address, address.length);
  }

  receive(): Datagram | undefined {
    for (;;) {
      const length = calls.recv(this.fd, this.#buffer, this.#buffer.length, MSG_DONTWAIT);
      // A link that goes down is told as an error once; the monitor tells it too.
      if (length < 0) return undefined;
      const datagram = parseIpv6Packet(this.#buffer.subarray(ETHERNET_HEADER, length), this.#protocol);
      if (datagram !== undefined && this.#isMeant(datagram)) return datagram;
    }
  }

  close(): void {
    calls.close(this.#sender);
    calls.close(this.fd);
  }

  #isMeant({ source, destination }: Datagram): boolean {
    if (isMulticast(this.destination))
      return sameAddress(destination, this.destination) || !isMulticast(destination);
    return sameAddress(source, this.destination) && sameAddress(destination, this.source);
  }

  #openSender(link: Link, protocol: number): number {
    const purpose = `send to ${formatAddress(this.destination)} on ${link.name}`;
    const fd = must('socket', purpose, AF_INET6, SOCK_RAW_NONBLOCK_CLOEXEC, protocol);
    try {
      const own = ipv6SocketAddress(this.source, link.index);
      must('bind', purpose, fd, own, own.length);
      setIntOption(fd, IPPROTO_IPV6, IPV6_MULTICAST_IF, link.index, purpose);
      setIntOption(fd, IPPROTO_IPV6, IPV6_MULTICAST_LOOP, 0, purpose);
      setIntOption(fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, 255, purpose);
      setIntOption(fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS, 255, purpose);
      setIntOption(fd, IPPROTO_IPV6, IPV6_TCLASS, CLASS_NETWORK_CONTROL, purpose);
      if (isMulticast(this.destination)) {
        const request = ipv6MulticastRequest(this.destination, link.index);
        must('setsockopt', purpose, fd, IPPROTO_IPV6, IPV6_ADD_MEMBERSHIP, request, request.length);
      }
      return fd;
    } catch (error) {
      calls.close(fd);
      throw error;
    }
  }
}
