/**
 * VRRP version 2 on the wire (RFC 3768 §5.1), for the sake of older peers.
 *
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |Version| Type  | Virtual Rtr ID|   Priority    | Count IP Addrs|
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |   Auth Type   |   Adver Int   |          Checksum             |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |            IP Addresses (4 bytes each), Authentication Data (8)  |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */
import { internetChecksum } from '../bytes/checksum.ts';
import { ByteReader } from '../bytes/reader.ts';
import { ByteWriter } from '../bytes/writer.ts';
import { addressFromBytes } from '../net/address.ts';
import type { Datagram } from '../net/ipv4-packet.ts';
import { centiseconds } from '../time/centiseconds.ts';
import type { Advertisement, Decoded, DecodeError } from './codec.ts';

const VERSION = 2;
const TYPE_ADVERTISEMENT = 1;
const REQUIRED_TTL = 255;
const HEADER_LENGTH = 8;
const ADDRESS_LENGTH = 4;
const AUTHENTICATION_LENGTH = 8;
const CHECKSUM_OFFSET = 6;

/** Builds one packet; the interval must be whole seconds (100, 200, … centiseconds), the addresses IPv4. */
export function encodeV2({ vrid, priority, interval, addresses }: Advertisement): Uint8Array {
  const length = HEADER_LENGTH + addresses.length * ADDRESS_LENGTH + AUTHENTICATION_LENGTH;
  const writer = new ByteWriter(length)
    .u8((VERSION << 4) | TYPE_ADVERTISEMENT)
    .u8(vrid)
    .u8(priority)
    .u8(addresses.length)
    .u8(0) // no authentication: the types of RFC 2338 were withdrawn
    .u8(interval / 100)
    .u16(0);
  for (const address of addresses) writer.bytes(address.bytes);
  const message = writer.finish();
  new DataView(message.buffer).setUint16(CHECKSUM_OFFSET, internetChecksum(message));
  return message;
}

/** Checks and reads one packet (RFC 3768 §7.1); `interval` is our own, which must be the same. Never throws. */
export function decodeV2({ ttl, payload }: Datagram, interval: number): Decoded {
  if (ttl !== REQUIRED_TTL) return refused('ttl');
  if (payload.length < HEADER_LENGTH) return refused('truncated');
  const reader = new ByteReader(payload);
  const versionAndType = reader.u8();
  const vrid = reader.u8();
  const priority = reader.u8();
  const count = reader.u8();
  const authenticationType = reader.u8();
  const theirs = centiseconds(reader.u8() * 100);
  reader.u16(); // checksum
  if (versionAndType >> 4 !== VERSION) return refused('version');
  // CARP has the same first byte; its fifth is always zero and its length is fixed, so the checksum tells them apart.
  if (reader.left < count * ADDRESS_LENGTH + AUTHENTICATION_LENGTH) return refused('truncated');
  if ((versionAndType & 0x0f) !== TYPE_ADVERTISEMENT) return refused('type');
  const covered = HEADER_LENGTH + count * ADDRESS_LENGTH + AUTHENTICATION_LENGTH;
  if (internetChecksum(payload.subarray(0, covered)) !== 0) return refused('checksum');
  if (authenticationType !== 0) return refused('authentication-type');
  if (count === 0) return refused('address-count');
  // Who leaves is believed whatever its interval was.
  if (theirs !== interval && priority !== 0) return refused('interval');
  const addresses = Array.from({ length: count }, () =>
    addressFromBytes(reader.bytes(ADDRESS_LENGTH)),
  ).filter((address) => address !== undefined);
  return { ok: true, advertisement: { vrid, priority, interval: centiseconds(interval), addresses } };
}

function refused(reason: DecodeError): Decoded {
  return { ok: false, reason };
}
