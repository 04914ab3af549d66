import { ByteReader } from '../bytes/reader.ts';
import { addressFromBytes } from './address.ts';
import type { Datagram } from './ipv4-packet.ts';

const HEADER_LENGTH = 40;

/** Takes an IPv6 packet without extension headers apart (RFC 8200 §3). Undefined when it is no whole one. */
export function parseIpv6Packet(packet: Uint8Array, nextHeader: number): Datagram | undefined {
  if (packet.length < HEADER_LENGTH) return undefined;
  const reader = new ByteReader(packet);
  if (reader.u32() >>> 28 !== 6) return undefined;
  const length = reader.u16();
  if (reader.u8() !== nextHeader || HEADER_LENGTH + length > packet.length) return undefined;
  const ttl = reader.u8();
  const source = addressFromBytes(reader.bytes(16));
  const destination = addressFromBytes(reader.bytes(16));
  if (source === undefined || destination === undefined) return undefined;
  return { source, destination, ttl, payload: packet.slice(HEADER_LENGTH, HEADER_LENGTH + length) };
}
