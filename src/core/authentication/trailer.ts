/**
 * The authentication trailer of keepalived 2026 (`auth_hmac`), behind the VRRP packet of either version.
 *
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |   Type = 1    |    Key id     |         Reserved = 0          |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                 Seconds since 1970 (UTC)                      |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |  1/65536 of a second          |           Counter             |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |         HMAC-SHA256, its first 16 bytes                       |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *
 * The HMAC covers a pseudo-header (family, version, VRID, source), the packet with its checksum read as zero, the trailer's
 * first 12 bytes, and 16 zeros in place of itself.
 */
import { ByteReader } from '../bytes/reader.ts';
import { ByteWriter } from '../bytes/writer.ts';
import type { IpAddress } from '../net/address.ts';

export const TRAILER_LENGTH = 28;
const HMAC_LENGTH = 16;
const SIGNED_LENGTH = TRAILER_LENGTH - HMAC_LENGTH;
const PSEUDO_HEADER_LENGTH = 20;
const TYPE_HMAC_SHA256 = 1;
const CHECKSUM_OFFSET = 6;

/** HMAC-SHA256 of a message with one key; 32 bytes. */
export type Hmac = (key: Uint8Array, message: Uint8Array) => Uint8Array;

export interface Key {
  /** 0-255; says on the wire which key was used. */
  readonly id: number;
  /** 32 to 64 bytes. */
  readonly bytes: Uint8Array;
}

export interface Trailer {
  readonly keyId: number;
  /** 64 bits: seconds, fraction and counter. */
  readonly sequence: bigint;
}

/** Length of the packet itself, as its header says; undefined when that is not VRRP or not whole. */
export function messageLength(payload: Uint8Array, family: 4 | 6): number | undefined {
  const version = (payload[0] ?? 0) >> 4;
  if (payload.length < 8 || (version !== 2 && version !== 3)) return undefined;
  const length = 8 + (payload[3] ?? 0) * (family === 4 ? 4 : 16) + (version === 2 ? 8 : 0);
  return length > payload.length ? undefined : length;
}

/** The message followed by its trailer. `message` must be a whole VRRP packet. */
export function sign(
  message: Uint8Array,
  source: IpAddress,
  trailer: Trailer,
  key: Key,
  hmac: Hmac,
): Uint8Array {
  const head = new ByteWriter(SIGNED_LENGTH)
    .u8(TYPE_HMAC_SHA256)
    .u8(trailer.keyId)
    .u16(0)
    .u32(Number(trailer.sequence >> 32n))
    .u32(Number(trailer.sequence & 0xffff_ffffn))
    .finish();
  return new ByteWriter(message.length + TRAILER_LENGTH)
    .bytes(message)
    .bytes(head)
    .bytes(code(message, source, head, key, hmac))
    .finish();
}

/** Reads a trailer; undefined when it is malformed. Says nothing about who wrote it. */
export function readTrailer(bytes: Uint8Array): Trailer | undefined {
  if (bytes.length !== TRAILER_LENGTH) return undefined;
  const reader = new ByteReader(bytes);
  const type = reader.u8();
  const keyId = reader.u8();
  if (type !== TYPE_HMAC_SHA256 || reader.u16() !== 0) return undefined;
  return { keyId, sequence: (BigInt(reader.u32()) << 32n) | BigInt(reader.u32()) };
}

/** True when the trailer at the end of `payload` was made with `key`. Compares in constant time. */
export function isSignedWith(payload: Uint8Array, source: IpAddress, key: Key, hmac: Hmac): boolean {
  const length = payload.length - TRAILER_LENGTH;
  const head = payload.subarray(length, length + SIGNED_LENGTH);
  const expected = code(payload.subarray(0, length), source, head, key, hmac);
  let difference = 0;
  for (let index = 0; index < HMAC_LENGTH; index += 1) {
    difference |= (payload[length + SIGNED_LENGTH + index] ?? 0) ^ (expected[index] ?? 0);
  }
  return difference === 0;
}

function code(message: Uint8Array, source: IpAddress, head: Uint8Array, key: Key, hmac: Hmac): Uint8Array {
  const size = PSEUDO_HEADER_LENGTH + message.length + TRAILER_LENGTH;
  const input = new Uint8Array(size);
  input.set([source.family, (message[0] ?? 0) >> 4, message[1] ?? 0, 0]);
  input.set(source.bytes, 4);
  input.set(message, PSEUDO_HEADER_LENGTH);
  input.set([0, 0], PSEUDO_HEADER_LENGTH + CHECKSUM_OFFSET);
  input.set(head, PSEUDO_HEADER_LENGTH + message.length);
  return hmac(key.bytes, input).subarray(0, HMAC_LENGTH);
}
