/**
 * VRRP version 3 on the wire (RFC 9568 §5.1). Errata 7947-8301 are followed.
 *
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |Version| Type  | Virtual Rtr ID|   Priority    |IPvX Addr Count|
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |Reserve| Max Advertise Interval|          Checksum             |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                    IPvX Addresses (4 or 16 bytes each)        |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */
import { internetChecksum } from '../bytes/checksum.ts';
import { ByteReader } from '../bytes/reader.ts';
import { ByteWriter } from '../bytes/writer.ts';
import { addressFromBytes, type IpAddress, isIpv6LinkLocal } from '../net/address.ts';
import type { Datagram } from '../net/ipv4-packet.ts';
import { type Centiseconds, centiseconds } from '../time/centiseconds.ts';

export const IP_PROTOCOL = 112;
export const IPV4_GROUP: IpAddress = { family: 4, bytes: Uint8Array.of(224, 0, 0, 18) };
/** ff02::12 */
export const IPV6_GROUP: IpAddress = {
  family: 6,
  bytes: Uint8Array.of(0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x12),
};
const VERSION = 3;
const TYPE_ADVERTISEMENT = 1;
const REQUIRED_TTL = 255;
const HEADER_LENGTH = 8;
const CHECKSUM_OFFSET = 6;

export interface Advertisement {
  readonly vrid: number;
  /** 255 address owner, 1-254 backup, 0 the sender leaves. */
  readonly priority: number;
  readonly interval: Centiseconds;
  readonly addresses: readonly IpAddress[];
}

/**
 * What the IPv4 checksum covers. RFC 9568 §5.2.8 says the VRRP message alone; keepalived and FRR add the
 * pseudo-header unless told otherwise. IPv6 always has it.
 */
export type ChecksumPolicy = 'rfc9568' | 'pseudo-header';

/** Why a packet was not an advertisement; each has a counter of the same name. */
export type DecodeError =
  | 'ttl'
  | 'truncated'
  | 'version'
  | 'type'
  | 'checksum'
  | 'address-count'
  | 'interval'
  | 'authentication-type'
  | 'link-local';

export type Decoded =
  | { readonly ok: true; readonly advertisement: Advertisement }
  | { readonly ok: false; readonly reason: DecodeError };

/** Builds one packet. The addresses must be of one family, that of `source` and `destination`. */
export function encode(
  advertisement: Advertisement,
  path: { readonly source: IpAddress; readonly destination: IpAddress; readonly checksum: ChecksumPolicy },
): Uint8Array {
  const size = path.source.bytes.length;
  const writer = new ByteWriter(HEADER_LENGTH + advertisement.addresses.length * size)
    .u8((VERSION << 4) | TYPE_ADVERTISEMENT)
    .u8(advertisement.vrid)
    .u8(advertisement.priority)
    .u8(advertisement.addresses.length)
    .u16(advertisement.interval)
    .u16(0);
  for (const address of advertisement.addresses) writer.bytes(address.bytes);
  const message = writer.finish();
  const covered =
    path.checksum === 'pseudo-header' || path.source.family === 6
      ? [pseudoHeader(path, message.length), message]
      : [message];
  new DataView(message.buffer).setUint16(CHECKSUM_OFFSET, internetChecksum(...covered));
  return message;
}

/** Checks and reads one packet (RFC 9568 §7.1, in that order). Never throws, whatever arrives. */
export function decode(datagram: Datagram): Decoded {
  const { payload } = datagram;
  if (datagram.ttl !== REQUIRED_TTL) return refused('ttl'); // R1
  if (payload.length < HEADER_LENGTH) return refused('truncated'); // R2
  const reader = new ByteReader(payload);
  const versionAndType = reader.u8();
  const vrid = reader.u8();
  const priority = reader.u8();
  const count = reader.u8();
  const interval = centiseconds(reader.u16() & 0x0fff); // The reserved bits are ignored on receipt.
  reader.u16(); // checksum
  const size = datagram.source.bytes.length;
  // A packet of another version has another layout, so its length says nothing: version first.
  if (versionAndType >> 4 !== VERSION) return refused('version'); // R3
  if (reader.left < count * size) return refused('truncated'); // R2
  if ((versionAndType & 0x0f) !== TYPE_ADVERTISEMENT) return refused('type'); // R4
  if (!hasValidChecksum(datagram, HEADER_LENGTH + count * size)) return refused('checksum'); // R5
  if (count === 0) return refused('address-count'); // R7, erratum 8299
  if (interval === 0) return refused('interval'); // R8, erratum 8301
  const addresses = Array.from({ length: count }, () => addressFromBytes(reader.bytes(size))).filter(
    (address) => address !== undefined,
  );
  const [first] = addresses;
  if (first?.family === 6 && !isIpv6LinkLocal(first)) return refused('link-local'); // R9, erratum 8300
  return { ok: true, advertisement: { vrid, priority, interval, addresses } };
}

function refused(reason: DecodeError): Decoded {
  return { ok: false, reason };
}

function hasValidChecksum(datagram: Datagram, length: number): boolean {
  const { payload, source } = datagram;
  const message = payload.subarray(0, length);
  if (source.family === 4 && internetChecksum(message) === 0) return true;
  // RFC 8200 §8.1: over all that the packet carries, and so over an authentication trailer (which is not there otherwise).
  if (source.family === 6 && payload.length > length) {
    return internetChecksum(pseudoHeader(datagram, payload.length), payload) === 0;
  }
  return internetChecksum(pseudoHeader(datagram, length), message) === 0;
}

/** Writes the checksum of an IPv6 packet that a trailer was added to (keepalived leaves that to the kernel, RFC 3542 §3.1). */
export function sealIpv6(
  packet: Uint8Array,
  path: { source: IpAddress; destination: IpAddress },
): Uint8Array {
  const sealed = packet.slice();
  const view = new DataView(sealed.buffer);
  view.setUint16(CHECKSUM_OFFSET, 0);
  view.setUint16(CHECKSUM_OFFSET, internetChecksum(pseudoHeader(path, sealed.length), sealed));
  return sealed;
}

/** RFC 8200 §8.1 for IPv6, RFC 9293 §3.1 for IPv4. */
function pseudoHeader(path: { source: IpAddress; destination: IpAddress }, length: number): Uint8Array {
  const writer = new ByteWriter(path.source.bytes.length * 2 + (path.source.family === 6 ? 8 : 4))
    .bytes(path.source.bytes)
    .bytes(path.destination.bytes);
  if (path.source.family === 6) return writer.u32(length).u32(IP_PROTOCOL).finish();
  return writer.u16(IP_PROTOCOL).u16(length).finish();
}
