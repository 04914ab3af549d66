import { networkInterfaces } from 'node:os';
import { formatAddress, type IpAddress, parseAddress } from '../core/net/address.ts';
import { tcpAcknowledgement } from '../core/net/tcp-segment.ts';
import { udpDatagram } from '../core/net/udp-datagram.ts';
import { tickleNumbers } from '../core/recall/tickle.ts';
import { RawIpSocket } from '../linux/raw-ip-socket.ts';
import type { EndpointRequest, OpenvpnRequest, RecallRequest } from '../privileged/channel.ts';

interface Source {
  readonly address: IpAddress;
  readonly port: number;
  readonly protocol: 'udp' | 'tcp';
  readonly socket: RawIpSocket;
}

/** An address that was here so long ago still is. */
const seenForMs = 20;

/** P_DATA_V1 with nothing in it (ssl_pkt.h): OpenVPN drops it, after it has sent what waits for that client. */
const emptyData = Uint8Array.of(6 << 3);

/**
 * Sends recalls, because OpenVPN owns the port they must come from. Where they come from is known here, from the
 * OpenVPN that runs; and none leaves while the address is not on this node.
 */
export class RecallDuty {
  readonly #sources = new Map<string, Source>();
  /** When an address was last seen on this node, on the clock of `performance`. */
  readonly #seenAt = new Map<string, number>();

  /** Opens the socket long before it is needed. */
  prepare({
    name,
    protocol,
    address,
    port,
  }: Pick<OpenvpnRequest, 'name' | 'protocol' | 'address' | 'port'>): void {
    const parsed = parseAddress(address);
    if (parsed === undefined) return;
    this.#sources.get(name)?.socket.close();
    this.#sources.set(name, { address: parsed, port, protocol, socket: new RawIpSocket(parsed) });
  }

  /** Throws when the address is not here, and what the kernel says. */
  send(recall: RecallRequest): void {
    const { source, address } = this.#between(recall, 'udp');
    const payload = Buffer.from(recall.packet, 'base64');
    source.socket.send(udpDatagram(source, { address, port: recall.port }, payload), address);
  }

  /** As `send`. */
  tickle(tickle: EndpointRequest): void {
    const { source, address } = this.#between(tickle, 'tcp');
    for (const numbers of tickleNumbers)
      source.socket.send(tcpAcknowledgement(source, { address, port: tickle.port }, numbers), address);
  }

  /** As `send`; it arrives over the loopback device, whoever it seems to come from. */
  nudge(nudge: EndpointRequest): void {
    const { source, address } = this.#between(nudge, 'udp');
    source.socket.send(udpDatagram({ address, port: nudge.port }, source, emptyData), source.address);
  }

  #between(request: EndpointRequest, protocol: Source['protocol']): { source: Source; address: IpAddress } {
    const source = this.#sources.get(request.name);
    const address = parseAddress(request.address);
    if (source?.protocol !== protocol || source.address.family !== address?.family)
      throw new Error(`no OpenVPN of that name runs here over ${protocol}`);
    if (!this.#isHere(source.address)) throw new Error('the virtual address is not on this node');
    return { source, address };
  }

  stop(): void {
    for (const { socket } of this.#sources.values()) socket.close();
    this.#sources.clear();
  }

  /** Asking the kernel costs more than a packet does: in a crowd one answer serves several. */
  #isHere(address: IpAddress): boolean {
    const text = formatAddress(address);
    const at = performance.now();
    if (at - (this.#seenAt.get(text) ?? Number.NEGATIVE_INFINITY) < seenForMs) return true;
    const all = Object.values(networkInterfaces());
    const found = all.some((ones) => ones?.some((one) => one.address === text));
    if (found) this.#seenAt.set(text, at);
    return found;
  }
}
