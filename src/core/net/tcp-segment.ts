import { internetChecksum } from '../bytes/checksum.ts';
import { ByteWriter } from '../bytes/writer.ts';
import type { IpAddress } from './address.ts';

interface Endpoint {
  readonly address: IpAddress;
  readonly port: number;
}

const headerLength = 20;
const protocolTcp = 6;
const timeToLive = 64;
const dontFragment = 0x4000;
const acknowledgement = 0x10;
const window = 1_024;

/**
 * A whole IPv4 packet with one TCP segment that says nothing but "acknowledged", as a raw socket with `IP_HDRINCL` takes
 * it. RFC 791 §3.1, RFC 9293 §3.1.
 */
export function ipv4Acknowledgement(
  source: Endpoint,
  destination: Endpoint,
  numbers: { readonly sequence: number; readonly acknowledged: number },
): Uint8Array {
  const pseudoHeader = new ByteWriter(12)
    .bytes(source.address.bytes)
    .bytes(destination.address.bytes)
    .u16(protocolTcp)
    .u16(headerLength)
    .finish();
  const segment = (checksum: number): Uint8Array =>
    new ByteWriter(headerLength)
      .u16(source.port)
      .u16(destination.port)
      .u32(numbers.sequence)
      .u32(numbers.acknowledged)
      .u8((headerLength / 4) << 4)
      .u8(acknowledgement)
      .u16(window)
      .u16(checksum)
      .u16(0)
      .finish();
  return new ByteWriter(2 * headerLength)
    .u8(0x45)
    .u8(0)
    .u16(2 * headerLength)
    .u16(0)
    .u16(dontFragment)
    .u8(timeToLive)
    .u8(protocolTcp)
    .u16(0)
    .bytes(source.address.bytes)
    .bytes(destination.address.bytes)
    .bytes(segment(internetChecksum(pseudoHeader, segment(0))))
    .finish();
}
