import { internetChecksum } from '../bytes/checksum.ts';
import { ByteWriter } from '../bytes/writer.ts';
import { ipPacket, pseudoHeader, type TransportEndpoint } from './transport-packet.ts';

const headerLength = 20;
const protocolTcp = 6;
const acknowledgement = 0x10;
const window = 1_024;

/** A whole IP packet with one TCP segment that says nothing but "acknowledged" (`ipPacket`). RFC 9293 §3.1. */
export function tcpAcknowledgement(
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
  const covered = pseudoHeader(source, destination, protocolTcp, headerLength);
  const checksum = internetChecksum(covered, segment(0));
  return ipPacket(source, destination, protocolTcp, segment(checksum));
}
