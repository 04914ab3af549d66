import { ByteWriter } from '../bytes/writer.ts';
import type { IpAddress } from './address.ts';

/** Where a segment or datagram comes from, or goes to. Both ends of one are of the same family. */
export interface TransportEndpoint {
  readonly address: IpAddress;
  readonly port: number;
}

const ipv4HeaderLength = 20;
const ipv6HeaderLength = 40;
const timeToLive = 64;
const dontFragment = 0x4000;
const version6 = 0x6000_0000;

/** What the checksum of TCP and UDP covers beside their own bytes. RFC 9293 §3.1, RFC 768, RFC 8200 §8.1. */
export function pseudoHeader(
  source: TransportEndpoint,
  destination: TransportEndpoint,
  protocol: number,
  length: number,
): Uint8Array {
  const ends = [source.address.bytes, destination.address.bytes] as const;
  const writer = new ByteWriter(ends[0].length + ends[1].length + (source.address.family === 4 ? 4 : 8));
  writer.bytes(ends[0]).bytes(ends[1]);
  return source.address.family === 4
    ? writer.u16(protocol).u16(length).finish()
    : writer.u32(length).u32(protocol).finish();
}

/**
 * A whole IP packet around `payload`, as a raw socket that is given headers takes it (raw(7)): of IPv4 the kernel fills in the
 * identification and the header's checksum. RFC 791 §3.1, RFC 8200 §3.
 */
export function ipPacket(
  source: TransportEndpoint,
  destination: TransportEndpoint,
  protocol: number,
  payload: Uint8Array,
): Uint8Array {
  const [from, to] = [source.address.bytes, destination.address.bytes];
  if (source.address.family === 6) {
    return new ByteWriter(ipv6HeaderLength + payload.length)
      .u32(version6)
      .u16(payload.length)
      .u8(protocol)
      .u8(timeToLive)
      .bytes(from)
      .bytes(to)
      .bytes(payload)
      .finish();
  }
  const length = ipv4HeaderLength + payload.length;
  return new ByteWriter(length)
    .u8(0x45)
    .u8(0)
    .u16(length)
    .u16(0)
    .u16(dontFragment)
    .u8(timeToLive)
    .u8(protocol)
    .u16(0)
    .bytes(from)
    .bytes(to)
    .bytes(payload)
    .finish();
}
