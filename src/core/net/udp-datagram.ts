import { internetChecksum } from '../bytes/checksum.ts';
import { ByteWriter } from '../bytes/writer.ts';
import { ipv4Packet, ipv4PseudoHeader, type TransportEndpoint } from './transport-packet.ts';

const headerLength = 8;
const protocolUdp = 17;

/** A whole IPv4 packet with one UDP datagram (`ipv4Packet`). RFC 768. */
export function ipv4UdpDatagram(
  source: TransportEndpoint,
  destination: TransportEndpoint,
  payload: Uint8Array,
): Uint8Array {
  const length = headerLength + payload.length;
  const header = (checksum: number): Uint8Array =>
    new ByteWriter(headerLength).u16(source.port).u16(destination.port).u16(length).u16(checksum).finish();
  const pseudoHeader = ipv4PseudoHeader(source, destination, protocolUdp, length);
  // A sum of zero is sent as its complement: zero says that there is no checksum (RFC 768).
  const checksum = internetChecksum(pseudoHeader, header(0), payload) || 0xffff;
  const datagram = new ByteWriter(length).bytes(header(checksum)).bytes(payload).finish();
  return ipv4Packet(source, destination, protocolUdp, datagram);
}
