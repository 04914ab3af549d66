import { internetChecksum } from '../bytes/checksum.ts';
import { ByteWriter } from '../bytes/writer.ts';
import { ipv4Packet, ipv4PseudoHeader, type TransportEndpoint } from './transport-packet.ts';

const headerLength = 20;
const protocolTcp = 6;
const acknowledgement = 0x10;
const window = 1_024;

/** A whole IPv4 packet with one TCP segment that says nothing but "acknowledged" (`ipv4Packet`). RFC 9293 §3.1. */
export function ipv4Acknowledgement(
  source: TransportEndpoint,
  destination: TransportEndpoint,
  numbers: { readonly sequence: number; readonly acknowledged: number },
): Uint8Array {
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
  const pseudoHeader = ipv4PseudoHeader(source, destination, protocolTcp, headerLength);
  const checksum = internetChecksum(pseudoHeader, segment(0));
  return ipv4Packet(source, destination, protocolTcp, segment(checksum));
}
