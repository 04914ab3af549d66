import { formatAddress, type IpAddress, parseAddress } from '../core/net/address.ts';
import { formatMac } from '../core/net/neighbour.ts';
import { formatPrefix } from '../core/net/prefix.ts';
import { IP_PROTOCOL, IPV4_GROUP } from '../core/vrrp/codec.ts';
import { AdvertisementSocket } from '../linux/advertisement-socket.ts';
import { Neighbours } from '../linux/neighbours.ts';
import { listAddresses } from '../linux/netlink/interface-address.ts';
import { type Link, readLink } from '../linux/netlink/link.ts';
import { NetlinkSocket } from '../linux/netlink/socket.ts';
import { Readiness } from '../linux/readiness.ts';
import type { ProbeAnswer, ProbeRequest } from './contract.ts';
import { machineFacts } from './machine.ts';

/** Version 3, type 15: RFC 9568 §7.1 has every router discard a type that it does not know. */
const probeType = 0x3f;
const sendEveryMs = 100;

/**
 * Looks at the LAN as the heartbeat will use it: the same IP protocol, group and interface, but packets that no router takes
 * for an advertisement. Needs root.
 * @throws TandemError `linux.no-interface`, SystemCallError
 */
export async function probe(request: ProbeRequest, product: string): Promise<ProbeAnswer> {
  const { link, present } = cardOf(request.interface);
  const own = required(request.address);
  const virtual = [request.virtualAddress, request.address6 ?? []].flat().map(required);
  const payload = new Uint8Array([probeType, ...Buffer.from(request.nonce, 'hex')]);
  const multicast = new AdvertisementSocket(link, IP_PROTOCOL, IPV4_GROUP, own);
  const unicast = new AdvertisementSocket(link, IP_PROTOCOL, required(request.peerAddress), own);
  const second = request.second === undefined ? undefined : openSecond(request.second);
  const neighbours = new Neighbours(link, virtual);
  const heard = { multicast: false, unicast: false, second: false };
  const claims = new Map<string, { address: string; mac: string }>();
  const advertisers = new Map<string, ProbeAnswer['advertisers'][number]>();

  const read = (): void => {
    for (const [way, socket] of [
      ['multicast', multicast],
      ['unicast', unicast],
      ['second', second],
    ] as const) {
      if (socket === undefined) continue;
      for (let packet = socket.receive(); packet !== undefined; packet = socket.receive()) {
        const source = formatAddress(packet.source);
        if (source === request.address) continue;
        const ours = Buffer.from(packet.payload).equals(Buffer.from(payload));
        if (ours) heard[way] = true;
        const seen = advertiser(packet.payload, source);
        if (seen !== undefined) advertisers.set(JSON.stringify(seen), seen);
      }
    }
    for (let claim = neighbours.receive(); claim !== undefined; claim = neighbours.receive()) {
      const one = { address: formatAddress(claim.address), mac: formatMac(claim.mac) };
      claims.set(`${one.address} ${one.mac}`, one);
    }
  };
  const sockets = [multicast, unicast, ...(second === undefined ? [] : [second])];
  const readiness = new Readiness([...sockets.map(({ fd }) => fd), ...neighbours.fds], read);
  const until = performance.now() + request.seconds * 1_000;
  try {
    while (performance.now() < until) {
      for (const socket of sockets) attempt(() => socket.send(payload));
      for (const address of virtual) attempt(() => neighbours.ask(address, undefined));
      await new Promise((resolve) => setTimeout(resolve, sendEveryMs));
    }
    read();
  } finally {
    readiness.close();
    for (const socket of [...sockets, neighbours]) socket.close();
  }
  return {
    product,
    ...(await machineFacts(request.ports, request.address)),
    linkUp: link.up,
    ownAddresses: present,
    heard: { multicast: heard.multicast, unicast: heard.unicast },
    second:
      request.second === undefined
        ? null
        : second === undefined
          ? 'missing'
          : heard.second
            ? 'heard'
            : 'silent',
    claims: [...claims.values()],
    advertisers: [...advertisers.values()],
    clockMs: Date.now(),
  };
}

/** An interface with its addresses. */
function cardOf(name: string): { readonly link: Link; readonly present: readonly string[] } {
  const netlink = new NetlinkSocket();
  try {
    const link = readLink(netlink, name);
    return { link, present: listAddresses(netlink, link.index).map(({ prefix }) => formatPrefix(prefix)) };
  } finally {
    netlink.close();
  }
}

/** Undefined where this machine has no such interface, or not that address. */
function openSecond(way: NonNullable<ProbeRequest['second']>): AdvertisementSocket | undefined {
  try {
    const [own, peer] = [required(way.address), required(way.peerAddress)];
    return new AdvertisementSocket(cardOf(way.interface).link, IP_PROTOCOL, peer, own);
  } catch {
    return undefined;
  }
}

/** A link that is down or a firewall shows in what is not heard. */
function attempt(send: () => void): void {
  try {
    send();
  } catch {
    // Seen by its absence.
  }
}

/** VRRP and CARP share the first two bytes: version and type, then the number. CARP says 7 words of authentication. */
function advertiser(payload: Uint8Array, source: string): ProbeAnswer['advertisers'][number] | undefined {
  const [first, vhid] = payload;
  if (vhid === undefined || (first !== 0x21 && first !== 0x31)) return undefined;
  const isCarp = first === 0x21 && payload.length >= 36 && payload[3] === 7;
  return { protocol: first === 0x31 ? 'VRRPv3' : isCarp ? 'CARP' : 'VRRPv2', vhid, source };
}

function required(text: string): IpAddress {
  const address = parseAddress(text);
  if (address === undefined) throw new Error(`${text} was checked to be an address`);
  return address;
}
