import { ByteWriter } from '../bytes/writer.ts';
import type { IpAddress } from './address.ts';

/** Where a segment or datagram over IPv4 comes from, or goes to. */
export interface TransportEndpoint {
  readonly address: IpAddress;
  readonly port: number;
}

const headerLength = 20;
const timeToLive = 64;
const dontFragment = 0x4000;

/** What the checksum of TCP and UDP covers beside their own bytes. RFC 9293 §3.1, RFC 768. */
export function ipv4PseudoHeader(
  source: TransportEndpoint,
  destination: TransportEndpoint,
  protocol: number,
  length: number,
): Uint8Array {
  return new ByteWriter(12)
    .bytes(source.address.bytes)
    .bytes(destination.address.bytes)
    .u16(protocol)
    .u16(length)
    .finish();
}

/**
 * A whole IPv4 packet around `payload`, as a raw socket with `IP_HDRINCL` takes it (raw(7)): the kernel fills in the
 * identification and the header's checksum. RFC 791 §3.1.
 */
export function ipv4Packet(
  source: TransportEndpoint,
  destination: TransportEndpoint,
  protocol: number,
  payload: Uint8Array,
): Uint8Array {
  const length = headerLength + payload.length;
  return new ByteWriter(length)
    .u8(0x45)
    .u8(0)
    .u16(length)
    .u16(0)
    .u16(dontFragment)
    .u8(timeToLive)
    .u8(protocol)
    .u16(0)
    .bytes(source.address.bytes)
    .bytes(destination.address.bytes)
    .bytes(payload)
    .finish();
}
