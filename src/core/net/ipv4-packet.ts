import { ByteReader } from '../bytes/reader.ts';
import { addressFromBytes, type IpAddress } from './address.ts';

/** What a protocol above IP is told about one packet that arrived. */
export interface Datagram {
  readonly source: IpAddress;
  readonly destination: IpAddress;
  /** TTL or hop limit as received. */
  readonly ttl: number;
  readonly payload: Uint8Array;
  /** The name of the path it came by; null when it came by none that is configured. */
  readonly path?: string | null;
  /** By which address its sender is known on every path; `source` when undefined. */
  readonly sender?: IpAddress | undefined;
}

/**
 * Takes an IPv4 packet apart as a raw socket hands it over, header included (RFC 791 §3.1). Undefined when it is no
 * whole IPv4 packet, which a kernel never delivers. The payload is a copy.
 */
export function parseIpv4Packet(packet: Uint8Array): Datagram | undefined {
  if (packet.length < 20) return undefined;
  const reader = new ByteReader(packet);
  const versionAndLength = reader.u8();
  const headerLength = (versionAndLength & 0x0f) * 4;
  reader.u8(); // type of service
  const totalLength = reader.u16();
  reader.u32(); // identification, flags, fragment offset
  const ttl = reader.u8();
  reader.u8(); // protocol
  reader.u16(); // header checksum, verified by the kernel
  const source = addressFromBytes(reader.bytes(4));
  const destination = addressFromBytes(reader.bytes(4));
  if (source === undefined || destination === undefined) return undefined;
  if (versionAndLength >> 4 !== 4 || headerLength < 20) return undefined;
  if (totalLength < headerLength || totalLength > packet.length) return undefined;
  return { source, destination, ttl, payload: packet.slice(headerLength, totalLength) };
}
