import type { IpAddress } from '../core/net/address.ts';
import { calls, must, setIntOption } from './libc.ts';
import { AF_INET, AF_INET6, ipv4SocketAddress, ipv6SocketAddress } from './socket-addresses.ts';

const SOCK_RAW_NONBLOCK_CLOEXEC = 3 | 0o4000 | 0o2000000;
/** Sends whole packets, IPv4 or IPv6, and receives none (raw(7); inet6_create in the kernel's af_inet6.c). */
const IPPROTO_RAW = 255;
const IPPROTO_IP = 0;
const IPPROTO_IPV6 = 41;
const IP_FREEBIND = 15;
const IPV6_FREEBIND = 78;
const MSG_DONTWAIT = 0x40;

/** Sends IP packets, header included, routed as if they came from an address that need not be here yet. */
export class RawIpSocket {
  readonly #fd: number;

  /** Of the family of `source`. Throws `SystemCallError`; nothing is left open then. */
  constructor(source: IpAddress) {
    const purpose = 'open a raw socket';
    const is4 = source.family === 4;
    this.#fd = must('socket', purpose, is4 ? AF_INET : AF_INET6, SOCK_RAW_NONBLOCK_CLOEXEC, IPPROTO_RAW);
    try {
      if (is4) setIntOption(this.#fd, IPPROTO_IP, IP_FREEBIND, 1, purpose);
      else setIntOption(this.#fd, IPPROTO_IPV6, IPV6_FREEBIND, 1, purpose);
      const address = socketAddress(source);
      must('bind', purpose, this.#fd, address, address.length);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Throws `SystemCallError`, for example when there is no route. */
  send(packet: Uint8Array, destination: IpAddress): void {
    const address = socketAddress(destination);
    must('sendto', 'send a packet', this.#fd, packet, packet.length, MSG_DONTWAIT, address, address.length);
  }

  close(): void {
    calls.close(this.#fd);
  }
}

function socketAddress(address: IpAddress): Uint8Array {
  return address.family === 4 ? ipv4SocketAddress(address) : ipv6SocketAddress(address, 0);
}
