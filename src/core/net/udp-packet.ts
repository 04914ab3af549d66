/** A UDP datagram as it came, or the beginning of one. */
export interface UdpPacket {
  readonly sourceAddress: string;
  readonly sourcePort: number;
  readonly destinationPort: number;
  /** Of the payload, as the header says; `payload` may be cut short. */
  readonly length: number;
  readonly payload: Uint8Array;
}

const protocolUdp = 17;
const udpHeaderLength = 8;

/** Reads an IPv4 packet from its header on (RFC 791 §3.1, RFC 768); undefined when it is no UDP datagram's beginning. */
export function readIpv4Udp(packet: Uint8Array): UdpPacket | undefined {
  const first = packet[0] ?? 0;
  const headerLength = (first & 0x0f) * 4;
  if (first >> 4 !== 4 || headerLength < 20 || packet.length < headerLength + udpHeaderLength)
    return undefined;
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  const fragmentOffset = view.getUint16(6) & 0x1fff;
  if (packet[9] !== protocolUdp || fragmentOffset !== 0) return undefined;
  const length = view.getUint16(headerLength + 4) - udpHeaderLength;
  if (length < 0) return undefined;
  return {
    sourceAddress: packet.subarray(12, 16).join('.'),
    sourcePort: view.getUint16(headerLength),
    destinationPort: view.getUint16(headerLength + 2),
    length,
    payload: packet.subarray(headerLength + udpHeaderLength, headerLength + udpHeaderLength + length),
  };
}
