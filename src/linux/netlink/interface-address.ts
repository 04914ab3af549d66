import { addressFromBytes } from '../../core/net/address.ts';
import { formatPrefix, type Prefix } from '../../core/net/prefix.ts';
import { type Duration, toSeconds } from '../../core/time/duration.ts';
import { EADDRNOTAVAIL } from '../libc.ts';
import { SystemCallError } from '../system-call-error.ts';
import type { RoutingChange } from './background.ts';
import { decodeAttributes, encodeAttribute, type Message, viewOf } from './message.ts';
import { type NetlinkSocket, NLM_F_CREATE, NLM_F_DUMP, NLM_F_REPLACE } from './socket.ts';

export const RTM_NEWADDR = 20;
export const RTM_DELADDR = 21;
const RTM_GETADDR = 22;
const IFADDR_LENGTH = 8;
const IFA_ADDRESS = 1;
const IFA_LOCAL = 2;
const IFA_CACHEINFO = 6;
const IFA_FLAGS = 8;
const IFA_PROTO = 11;
/** Ours by agreement, so the kernel need not ask the LAN for a second before the address works. */
const IFA_F_NODAD = 0x02;
const IFA_F_DADFAILED = 0x08;
const IFA_F_TENTATIVE = 0x40;
const IFA_F_NOPREFIXROUTE = 0x200;
const FOREVER = 0xffffffff;
const AF_INET = 2;
const AF_INET6 = 10;
/** Who added the address, as `ip address` shows it (`proto 112`): us. Kernels before 5.18 forget it. */
const ORIGIN_HEARTBEAT = 112;

export interface InterfaceAddress {
  readonly interfaceIndex: number;
  readonly prefix: Prefix;
  /** Without a lifetime: it stays until somebody removes it. */
  readonly permanent: boolean;
  /** False while duplicate address detection runs (IPv6), or after it failed. */
  readonly usable: boolean;
}

/**
 * Adds `prefix` to the interface, or restarts its lifetime if it is there: the kernel itself removes it when `lease`
 * (whole seconds) has passed without another call. `routed`: with the route to its network.
 */
export function leaseAddress(
  netlink: NetlinkSocket,
  interfaceIndex: number,
  prefix: Prefix,
  lease: Duration,
  routed = true,
): void {
  const { type, flags, parts } = leaseChange(interfaceIndex, prefix, lease, routed);
  netlink.request(type, flags, `add ${formatPrefix(prefix)}`, ...parts);
}

/** What `leaseAddress` asks of the kernel. */
export function leaseChange(
  interfaceIndex: number,
  prefix: Prefix,
  lease: Duration,
  routed: boolean,
): RoutingChange {
  const flags = new Uint8Array(4);
  viewOf(flags).setUint32(
    0,
    (prefix.address.family === 6 ? IFA_F_NODAD : 0) | (routed ? 0 : IFA_F_NOPREFIXROUTE),
    true,
  );
  const lifetime = new Uint8Array(16);
  const view = viewOf(lifetime);
  // IPv6: never preferred, so that the node keeps its own address for what it sends by itself (RFC 6724 §5, rule 3).
  view.setUint32(0, prefix.address.family === 4 ? toSeconds(lease) : 0, true);
  view.setUint32(4, toSeconds(lease), true);
  return {
    type: RTM_NEWADDR,
    flags: NLM_F_CREATE | NLM_F_REPLACE,
    parts: [
      ...addressParts(interfaceIndex, prefix),
      encodeAttribute(IFA_CACHEINFO, lifetime),
      encodeAttribute(IFA_PROTO, Uint8Array.of(ORIGIN_HEARTBEAT)),
      encodeAttribute(IFA_FLAGS, flags),
    ],
  };
}

/** Removes `prefix`; false when it was not there. */
export function removeAddress(netlink: NetlinkSocket, interfaceIndex: number, prefix: Prefix): boolean {
  try {
    netlink.request(
      RTM_DELADDR,
      0,
      `remove ${formatPrefix(prefix)}`,
      ...addressParts(interfaceIndex, prefix),
    );
    return true;
  } catch (error) {
    if (error instanceof SystemCallError && error.errno === EADDRNOTAVAIL) return false;
    throw error;
  }
}

export function listAddresses(netlink: NetlinkSocket, interfaceIndex: number): readonly InterfaceAddress[] {
  return netlink
    .request(RTM_GETADDR, NLM_F_DUMP, 'list the addresses', new Uint8Array(IFADDR_LENGTH))
    .map(decodeInterfaceAddress)
    .filter((address) => address !== undefined)
    .filter((address) => address.interfaceIndex === interfaceIndex);
}

/** For a message of type `RTM_NEWADDR` or `RTM_DELADDR`; undefined for a family other than IPv4 and IPv6. */
export function decodeInterfaceAddress(message: Message): InterfaceAddress | undefined {
  const view = viewOf(message.body);
  const attributes = decodeAttributes(message.body, IFADDR_LENGTH);
  // On a point-to-point link IFA_ADDRESS is the far end; IFA_LOCAL is always ours, but IPv6 has none.
  const bytes = attributes.get(IFA_LOCAL) ?? attributes.get(IFA_ADDRESS);
  const address = bytes === undefined ? undefined : addressFromBytes(bytes.slice());
  if (address === undefined) return undefined;
  const lifetime = attributes.get(IFA_CACHEINFO);
  const flags = attributes.get(IFA_FLAGS);
  const states = flags === undefined ? view.getUint8(2) : viewOf(flags).getUint32(0, true);
  return {
    interfaceIndex: view.getUint32(4, true),
    prefix: { address, length: view.getUint8(1) },
    permanent: lifetime === undefined || viewOf(lifetime).getUint32(4, true) === FOREVER,
    usable: (states & (IFA_F_TENTATIVE | IFA_F_DADFAILED)) === 0,
  };
}

function addressParts(interfaceIndex: number, prefix: Prefix): readonly Uint8Array[] {
  const body = new Uint8Array(IFADDR_LENGTH);
  const view = viewOf(body);
  view.setUint8(0, prefix.address.family === 4 ? AF_INET : AF_INET6);
  view.setUint8(1, prefix.length);
  view.setUint32(4, interfaceIndex, true);
  const { bytes } = prefix.address;
  return [body, encodeAttribute(IFA_LOCAL, bytes), encodeAttribute(IFA_ADDRESS, bytes)];
}
