/** Neighbour discovery as Ethernet frames: the two messages of RFC 4861 §4.3 and §4.4 that take the place of ARP. */
import { internetChecksum } from '../bytes/checksum.ts';
import { ByteReader } from '../bytes/reader.ts';
import { ByteWriter } from '../bytes/writer.ts';
import { addressFromBytes, type IpAddress } from './address.ts';
import type { NeighbourClaim } from './neighbour.ts';

export const ETHERTYPE_IPV6 = 0x86dd;
const ICMPV6 = 58;
const SOLICITATION = 135;
const ADVERTISEMENT = 136;
const OPTION_SOURCE_MAC = 1;
const OPTION_TARGET_MAC = 2;
/** Router, not solicited, override: RFC 9568 §6.4.1 (145). */
const FLAGS_UNSOLICITED = 0xa0000000;
const REQUIRED_HOP_LIMIT = 255;
const ETHERNET = 14;
const IPV6_HEADER = 40;
const MESSAGE = 24;

const ALL_NODES = Uint8Array.of(0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
const UNSPECIFIED = new Uint8Array(16);

/** An unsolicited neighbour advertisement to all nodes: `address` is at `mac` from now on. */
export function advertisementFrame(address: IpAddress, mac: Uint8Array): Uint8Array {
  const message = icmp(ADVERTISEMENT, FLAGS_UNSOLICITED, address, option(OPTION_TARGET_MAC, mac));
  return frame(mac, address.bytes, ALL_NODES, message);
}

/** Asks who has `address`; without a `source` as duplicate address detection does (RFC 4862 §5.4.2). */
export function solicitationFrame(
  address: IpAddress,
  mac: Uint8Array,
  source: IpAddress | undefined,
): Uint8Array {
  const group = Uint8Array.of(0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff, ...address.bytes.slice(13));
  const options = source === undefined ? new Uint8Array() : option(OPTION_SOURCE_MAC, mac);
  return frame(mac, source?.bytes ?? UNSPECIFIED, group, icmp(SOLICITATION, 0, address, options));
}

/** Who advertises an address as its own in this Ethernet frame. Undefined for anything else. */
export function claimInNeighbourDiscovery(bytes: Uint8Array): NeighbourClaim | undefined {
  if (bytes.length < ETHERNET + IPV6_HEADER + MESSAGE) return undefined;
  const reader = new ByteReader(bytes.subarray(6));
  const sender = reader.bytes(6);
  if (reader.u16() !== ETHERTYPE_IPV6 || reader.u8() >> 4 !== 6) return undefined;
  reader.bytes(5);
  if (reader.u8() !== ICMPV6 || reader.u8() !== REQUIRED_HOP_LIMIT) return undefined;
  reader.bytes(32);
  if (reader.u8() !== ADVERTISEMENT || reader.u8() !== 0) return undefined;
  reader.bytes(6);
  const address = addressFromBytes(reader.bytes(16));
  if (address === undefined) return undefined;
  return { address, mac: targetMac(reader) ?? sender };
}

function targetMac(reader: ByteReader): Uint8Array | undefined {
  while (reader.left >= 8) {
    const type = reader.u8();
    const length = reader.u8() * 8;
    if (length === 0 || reader.left < length - 2) return undefined;
    const value = reader.bytes(length - 2);
    if (type === OPTION_TARGET_MAC) return value.slice(0, 6);
  }
  return undefined;
}

function option(type: number, mac: Uint8Array): Uint8Array {
  return Uint8Array.of(type, 1, ...mac);
}

function icmp(type: number, flags: number, target: IpAddress, options: Uint8Array): Uint8Array {
  return new ByteWriter(MESSAGE + options.length)
    .u8(type)
    .u8(0)
    .u16(0)
    .u32(flags)
    .bytes(target.bytes)
    .bytes(options)
    .finish();
}

/** Fills in the checksum of `message` as well. */
function frame(mac: Uint8Array, source: Uint8Array, group: Uint8Array, message: Uint8Array): Uint8Array {
  const pseudo = new ByteWriter(40).bytes(source).bytes(group).u32(message.length).u32(ICMPV6).finish();
  new DataView(message.buffer).setUint16(2, internetChecksum(pseudo, message));
  return new ByteWriter(ETHERNET + IPV6_HEADER + message.length)
    .bytes(Uint8Array.of(0x33, 0x33, ...group.slice(12)))
    .bytes(mac)
    .u16(ETHERTYPE_IPV6)
    .u32(0x60000000)
    .u16(message.length)
    .u8(ICMPV6)
    .u8(REQUIRED_HOP_LIMIT)
    .bytes(source)
    .bytes(group)
    .bytes(message)
    .finish();
}
