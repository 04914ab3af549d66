/**
 * CARP on the wire as UCARP sends it: 36 bytes behind an IPv4 header, to the group and with the protocol number of VRRP.
 *
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |Version| Type  |     VHID      |    advskew    |  authlen = 7  |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |    pad = 0    |    advbase    |          Checksum             |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                   Counter (8 bytes)                           |
 * |                   HMAC-SHA1 (20 bytes)                        |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *
 * The HMAC covers version, type, VHID, virtual address and counter, not advbase and advskew.
 */
import { internetChecksum } from '../bytes/checksum.ts';
import { ByteReader } from '../bytes/reader.ts';
import { ByteWriter } from '../bytes/writer.ts';
import type { IpAddress } from '../net/address.ts';
import type { Datagram } from '../net/ipv4-packet.ts';
import type { Decoded, DecodeError } from '../vrrp/codec.ts';
import { LEAVING_PRIORITY } from '../vrrp/router.ts';
import { carpPriority } from './order.ts';
import { carpInterval } from './timers.ts';

const VERSION = 2;
const TYPE_ADVERTISEMENT = 1;
const REQUIRED_TTL = 255;
const LENGTH = 36;
const AUTHENTICATION_WORDS = 7;
const CHECKSUM_OFFSET = 6;
const COUNTER_OFFSET = 8;
const DIGEST_OFFSET = 16;
const DIGEST_LENGTH = 20;
/** advbase and advskew of a node that leaves: longer than anybody waits, so the others take over at once. */
const LEAVING = 255;

/** HMAC-SHA1 with the password of the group. */
export type Digest = (message: Uint8Array) => Uint8Array;

export interface CarpAdvertisement {
  readonly vhid: number;
  readonly advbase: number;
  readonly advskew: number;
  readonly counter: bigint;
}

/** What a node that leaves announces instead of its own values. */
export const BOW_OUT: Pick<CarpAdvertisement, 'advbase' | 'advskew'> = { advbase: LEAVING, advskew: LEAVING };

export function encodeCarp(advertisement: CarpAdvertisement, virtual: IpAddress, digest: Digest): Uint8Array {
  const { vhid, advbase, advskew, counter } = advertisement;
  const packet = new ByteWriter(LENGTH)
    .u8((VERSION << 4) | TYPE_ADVERTISEMENT)
    .u8(vhid)
    .u8(advskew)
    .u8(AUTHENTICATION_WORDS)
    .u8(0)
    .u8(advbase)
    .u16(0)
    .u32(Number(counter >> 32n))
    .u32(Number(counter & 0xffff_ffffn))
    .bytes(digest(digestInput(vhid, virtual, counter)))
    .finish();
  new DataView(packet.buffer).setUint16(CHECKSUM_OFFSET, internetChecksum(packet));
  return packet;
}

/** Checks and reads one packet in UCARP's order, but for the digest. `virtual` is ours: CARP does not name it. Never throws. */
export function decodeCarp({ ttl, payload }: Datagram, virtual: readonly IpAddress[]): Decoded {
  if (ttl !== REQUIRED_TTL) return refused('ttl');
  if (payload.length < LENGTH) return refused('truncated');
  const reader = new ByteReader(payload);
  const versionAndType = reader.u8();
  const vrid = reader.u8();
  const advskew = reader.u8();
  const words = reader.u8();
  reader.u8(); // pad
  const advbase = reader.u8();
  if (versionAndType >> 4 !== VERSION) return refused('version');
  if ((versionAndType & 0x0f) !== TYPE_ADVERTISEMENT) return refused('type');
  // VRRP version 2 begins with the same byte; it counts addresses here and is only as long with five of them.
  if (words !== AUTHENTICATION_WORDS || payload.length !== LENGTH) return refused('type');
  if (internetChecksum(payload) !== 0) return refused('checksum');
  const leaves = advbase === LEAVING && advskew === LEAVING;
  const priority = leaves ? LEAVING_PRIORITY : carpPriority({ advbase, advskew });
  const interval = carpInterval({ advbase, advskew });
  return { ok: true, advertisement: { vrid, priority, interval, addresses: virtual } };
}

/** The counter of a whole packet whose digest is right; undefined for any other. Compares in constant time. */
export function verifiedCounter(payload: Uint8Array, virtual: IpAddress, digest: Digest): bigint | undefined {
  if (payload.length !== LENGTH) return undefined;
  const reader = new ByteReader(payload.subarray(COUNTER_OFFSET));
  const counter = (BigInt(reader.u32()) << 32n) | BigInt(reader.u32());
  const expected = digest(digestInput(payload[1] ?? 0, virtual, counter));
  let difference = 0;
  for (let index = 0; index < DIGEST_LENGTH; index += 1) {
    difference |= (payload[DIGEST_OFFSET + index] ?? 0) ^ (expected[index] ?? 0);
  }
  return difference === 0 ? counter : undefined;
}

function digestInput(vhid: number, virtual: IpAddress, counter: bigint): Uint8Array {
  return new ByteWriter(15)
    .u8(VERSION)
    .u8(TYPE_ADVERTISEMENT)
    .u8(vhid)
    .bytes(virtual.bytes)
    .u32(Number(counter >> 32n))
    .u32(Number(counter & 0xffff_ffffn))
    .finish();
}

function refused(reason: DecodeError): Decoded {
  return { ok: false, reason };
}
