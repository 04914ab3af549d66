import { internetChecksum } from '../bytes/checksum.ts';
import { ByteWriter } from '../bytes/writer.ts';
import type { IpAddress } from './address.ts';

const ETHERTYPE_IPV4 = 0x0800;
const ETHERTYPE_IPV6 = 0x86dd;
const TTL = 255;
/** Network control (CS6), as routers mark their own protocols. */
const TRAFFIC_CLASS = 0xc0;
const IPV4_HEADER_LENGTH = 20;

/** The MAC of a virtual router (RFC 9568 §7.3): 00:00:5e:00:01:VRID for IPv4, 00:00:5e:00:02:VRID for IPv6. */
export function virtualRouterMac(vrid: number, family: 4 | 6): Uint8Array {
  return Uint8Array.of(0, 0, 0x5e, 0, family === 4 ? 1 : 2, vrid);
}

/** A whole Ethernet frame to an IP multicast group (RFC 1112 §6.4, RFC 2464 §7), TTL 255, from any MAC. */
export function multicastFrame(
  way: { readonly source: IpAddress; readonly destination: IpAddress; readonly mac: Uint8Array },
  protocol: number,
  payload: Uint8Array,
): Uint8Array {
  const { source, destination, mac } = way;
  const isIpv4 = source.family === 4;
  const header = isIpv4
    ? ipv4Header(source, destination, protocol, payload.length)
    : ipv6Header(source, destination, protocol, payload.length);
  return new ByteWriter(14 + header.length + payload.length)
    .bytes(groupMac(destination))
    .bytes(mac)
    .u16(isIpv4 ? ETHERTYPE_IPV4 : ETHERTYPE_IPV6)
    .bytes(header)
    .bytes(payload)
    .finish();
}

function groupMac({ family, bytes }: IpAddress): Uint8Array {
  return family === 4
    ? Uint8Array.of(0x01, 0x00, 0x5e, (bytes[1] ?? 0) & 0x7f, bytes[2] ?? 0, bytes[3] ?? 0)
    : Uint8Array.of(0x33, 0x33, ...bytes.subarray(12));
}

function ipv4Header(
  source: IpAddress,
  destination: IpAddress,
  protocol: number,
  payloadLength: number,
): Uint8Array {
  const header = new ByteWriter(IPV4_HEADER_LENGTH)
    .u8(0x45)
    .u8(TRAFFIC_CLASS)
    .u16(IPV4_HEADER_LENGTH + payloadLength)
    .u32(0)
    .u8(TTL)
    .u8(protocol)
    .u16(0)
    .bytes(source.bytes)
    .bytes(destination.bytes)
    .finish();
  new DataView(header.buffer).setUint16(10, internetChecksum(header));
  return header;
}

function ipv6Header(
  source: IpAddress,
  destination: IpAddress,
  protocol: number,
  payloadLength: number,
): Uint8Array {
  return new ByteWriter(40)
    .u32(((6 << 28) | (TRAFFIC_CLASS << 20)) >>> 0)
    .u16(payloadLength)
    .u8(protocol)
    .u8(TTL)
    .bytes(source.bytes)
    .bytes(destination.bytes)
    .finish();
}
