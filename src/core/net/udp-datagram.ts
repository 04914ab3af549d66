import { internetChecksum } from '../bytes/checksum.ts';
import { ByteWriter } from '../bytes/writer.ts';
import { ipPacket, pseudoHeader, type TransportEndpoint } from './transport-packet.ts';

const headerLength = 8;
const protocolUdp = 17;

/** A whole IP packet with one UDP datagram (`ipPacket`). RFC 768. */
export function udpDatagram(
  source: TransportEndpoint,
  destination: TransportEndpoint,
  payload: Uint8Array,
): Uint8Array {
  const length = headerLength + payload.length;
  const header = (checksum: number): Uint8Array =>
    new ByteWriter(headerLength).u16(source.port).u16(destination.port).u16(length).u16(checksum).finish();
  const covered = pseudoHeader(source, destination, protocolUdp, length);
  // A sum of zero is sent as its complement: zero says that there is no checksum (RFC 768).
  const checksum = internetChecksum(covered, header(0), payload) || 0xffff;
  const datagram = new ByteWriter(length).bytes(header(checksum)).bytes(payload).finish();
  return ipPacket(source, destination, protocolUdp, datagram);
}
