import { networkInterfaces } from 'node:os';
import { type IpAddress, parseAddress } from '../core/net/address.ts';
import { ipv4UdpDatagram } from '../core/net/udp-datagram.ts';
import { RawIpv4Socket } from '../linux/raw-ipv4-socket.ts';
import type { OpenvpnRequest, RecallRequest } from '../privileged/channel.ts';

interface Source {
  readonly address: IpAddress;
  readonly port: number;
  readonly socket: RawIpv4Socket;
}

/**
 * Sends recalls, because OpenVPN owns the port they must come from. Where they come from is known here, from the
 * OpenVPN that runs; and none leaves while the address is not on this node.
 */
export class RecallDuty {
  readonly #sources = new Map<string, Source>();

  /** Opens the socket long before it is needed. */
  prepare({
    name,
    protocol,
    address,
    port,
  }: Pick<OpenvpnRequest, 'name' | 'protocol' | 'address' | 'port'>): void {
    const parsed = parseAddress(address);
    if (parsed?.family !== 4 || protocol !== 'udp') return;
    this.#sources.get(name)?.socket.close();
    this.#sources.set(name, { address: parsed, port, socket: new RawIpv4Socket(parsed) });
  }

  /** Throws when the address is not here, and what the kernel says. */
  send(recall: RecallRequest): void {
    const source = this.#sources.get(recall.name);
    const address = parseAddress(recall.address);
    if (source === undefined || address === undefined) throw new Error('no OpenVPN of that name runs here');
    if (!isHere(source.address)) throw new Error('the virtual address is not on this node');
    const payload = Buffer.from(recall.packet, 'base64');
    source.socket.send(ipv4UdpDatagram(source, { address, port: recall.port }, payload), address);
  }

  stop(): void {
    for (const { socket } of this.#sources.values()) socket.close();
    this.#sources.clear();
  }
}

function isHere(address: IpAddress): boolean {
  const text = address.bytes.join('.');
  return Object.values(networkInterfaces()).some((ones) => ones?.some((one) => one.address === text));
}
