import type { IpAddress } from '../core/net/address.ts';
import { sameAddress } from '../core/net/address.ts';
import { multicastFrame } from '../core/net/advertisement-frame.ts';
import { type Datagram, parseIpv4Packet } from '../core/net/ipv4-packet.ts';
import { parseIpv6Packet } from '../core/net/ipv6-packet.ts';
import { type AdvertisementChannel, AdvertisementSocket } from './advertisement-socket.ts';
import { Ipv6AdvertisementSocket } from './ipv6-advertisement-socket.ts';
import { calls, must, setIntOption } from './libc.ts';
import type { Link } from './netlink/link.ts';
import { attachFilter } from './packet-filter.ts';
import { AF_PACKET, packetSocketAddress } from './socket-addresses.ts';

const SOCK_RAW_NONBLOCK_CLOEXEC = 3 | 0o4000 | 0o2000000;
const ETH_P_ALL = 0x0003;
const SOL_PACKET = 263;
const PACKET_IGNORE_OUTGOING = 23;
const MSG_DONTWAIT = 0x40;
const ETHERNET_HEADER = 14;
const ETHER_TYPES = { 4: 0x0800, 6: 0x86dd } as const;
/** Where a packet says what it carries, behind the Ethernet header. */
const PROTOCOL_OFFSETS = { 4: 9, 6: 6 } as const;

/**
 * Sends multicast as whole frames with the MAC of a virtual router, and receives as frames too: what another node sends
 * with the same MAC is taken by the kernel for our own and kept from ordinary sockets (macvlan, `macvlan_handle_frame`).
 */
export class FrameAdvertisementSocket implements AdvertisementChannel {
  readonly fd: number;
  readonly source: IpAddress;
  readonly destination: IpAddress;
  readonly #link: Link;
  readonly #mac: Uint8Array;
  readonly #protocol: number;
  /** Only a member of the group: it is deaf. */
  readonly #member: AdvertisementChannel;
  readonly #buffer = new Uint8Array(2048);

  /** Throws `SystemCallError`; nothing is left open then. */
  constructor(link: Link, protocol: number, destination: IpAddress, source: IpAddress, mac: Uint8Array) {
    this.#link = link;
    this.#mac = mac;
    this.#protocol = protocol;
    this.source = source;
    this.destination = destination;
    const { family } = source;
    // Protocol 0: it hears nothing before the filter is in place.
    this.fd = must('socket', 'open a packet socket', AF_PACKET, SOCK_RAW_NONBLOCK_CLOEXEC, 0);
    try {
      attachFilter(this.fd, [
        { size: 2, offset: 12, values: [ETHER_TYPES[family]] },
        { size: 1, offset: ETHERNET_HEADER + PROTOCOL_OFFSETS[family], values: [protocol] },
      ]);
      const purpose = `listen on ${link.name}`;
      setIntOption(this.fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, 1, purpose);
      const frames = packetSocketAddress(link.index, ETH_P_ALL, link.mac);
      must('bind', purpose, this.fd, frames, frames.length);
      const Member = family === 4 ? AdvertisementSocket : Ipv6AdvertisementSocket;
      this.#member = new Member(link, protocol, destination, source);
      attachFilter(this.#member.fd, [{ size: 1, offset: 0, values: [] }]);
    } catch (error) {
      calls.close(this.fd);
      throw error;
    }
  }

  send(payload: Uint8Array): void {
    const { source, destination } = this;
    const frame = multicastFrame({ source, destination, mac: this.#mac }, this.#protocol, payload);
    const etherType = ETHER_TYPES[source.family];
    const to = packetSocketAddress(this.#link.index, etherType, frame.subarray(0, 6));
    must('sendto', 'send an advertisement', this.fd, frame, frame.length, MSG_DONTWAIT, to, to.length);
  }

  receive(): Datagram | undefined {
    for (;;) {
      const length = calls.recv(this.fd, this.#buffer, this.#buffer.length, MSG_DONTWAIT);
      // A link that goes down is told as an error once; the monitor tells it too.
      if (length < 0) return undefined;
      const packet = this.#buffer.subarray(ETHERNET_HEADER, length);
      const datagram =
        this.source.family === 4 ? parseIpv4Packet(packet) : parseIpv6Packet(packet, this.#protocol);
      // What was sent to this node alone has a path of its own.
      if (datagram !== undefined && sameAddress(datagram.destination, this.destination)) return datagram;
    }
  }

  close(): void {
    this.#member.close();
    calls.close(this.fd);
  }
}
