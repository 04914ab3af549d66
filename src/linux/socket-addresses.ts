import type { IpAddress } from '../core/net/address.ts';

export const AF_INET = 2;
export const AF_INET6 = 10;
export const AF_NETLINK = 16;
export const AF_PACKET = 17;

/** `struct sockaddr_in` (ip(7)) without a port. */
export function ipv4SocketAddress(address: IpAddress): Uint8Array {
  const bytes = new Uint8Array(16);
  new DataView(bytes.buffer).setUint16(0, AF_INET, true);
  bytes.set(address.bytes, 4);
  return bytes;
}

/** `struct sockaddr_in6` (ipv6(7)) without a port; `interfaceIndex` says on which link a link-local address is. */
export function ipv6SocketAddress(address: IpAddress, interfaceIndex: number): Uint8Array {
  const bytes = new Uint8Array(28);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, AF_INET6, true);
  bytes.set(address.bytes, 8);
  view.setUint32(24, interfaceIndex, true);
  return bytes;
}

/** `struct sockaddr_ll` (packet(7)) for sending one frame as it is. */
export function packetSocketAddress(interfaceIndex: number, etherType: number, mac: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(20);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, AF_PACKET, true);
  view.setUint16(2, etherType);
  view.setInt32(4, interfaceIndex, true);
  view.setUint8(11, mac.length);
  bytes.set(mac, 12);
  return bytes;
}

/** `struct sockaddr_nl` (netlink(7)); `groups` is the set of multicast groups to listen to. */
export function netlinkSocketAddress(groups: number): Uint8Array {
  const bytes = new Uint8Array(12);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, AF_NETLINK, true);
  view.setUint32(8, groups, true);
  return bytes;
}

/** `struct ip_mreqn` (ip(7)). */
export function multicastRequest(group: IpAddress, own: IpAddress, interfaceIndex: number): Uint8Array {
  const bytes = new Uint8Array(12);
  bytes.set(group.bytes, 0);
  bytes.set(own.bytes, 4);
  new DataView(bytes.buffer).setInt32(8, interfaceIndex, true);
  return bytes;
}

/** `struct ipv6_mreq` (ipv6(7)). */
export function ipv6MulticastRequest(group: IpAddress, interfaceIndex: number): Uint8Array {
  const bytes = new Uint8Array(20);
  bytes.set(group.bytes, 0);
  new DataView(bytes.buffer).setUint32(16, interfaceIndex, true);
  return bytes;
}
