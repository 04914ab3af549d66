import type { IpAddress } from '../core/net/address.ts';
import { calls, must, setIntOption } from './libc.ts';
import { AF_INET, ipv4SocketAddress } from './socket-addresses.ts';

const SOCK_RAW_NONBLOCK_CLOEXEC = 3 | 0o4000 | 0o2000000;
/** Sends whole IPv4 packets and receives none (raw(7)). */
const IPPROTO_RAW = 255;
const IPPROTO_IP = 0;
const IP_FREEBIND = 15;
const MSG_DONTWAIT = 0x40;

/** Sends IPv4 packets, header included, routed as if they came from an address that need not be here yet. */
export class RawIpv4Socket {
  readonly #fd: number;

  /** Throws `SystemCallError`; nothing is left open then. */
  constructor(source: IpAddress) {
    const purpose = 'open a raw socket';
    this.#fd = must('socket', purpose, AF_INET, SOCK_RAW_NONBLOCK_CLOEXEC, IPPROTO_RAW);
    try {
      setIntOption(this.#fd, IPPROTO_IP, IP_FREEBIND, 1, purpose);
      const address = ipv4SocketAddress(source);
      must('bind', purpose, this.#fd, address, address.length);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Throws `SystemCallError`, for example when there is no route. */
  send(packet: Uint8Array, destination: IpAddress): void {
    const address = ipv4SocketAddress(destination);
    must('sendto', 'send a packet', this.#fd, packet, packet.length, MSG_DONTWAIT, address, address.length);
  }

  close(): void {
    calls.close(this.#fd);
  }
}
