import { ByteReader } from '../bytes/reader.ts';
import { ByteWriter } from '../bytes/writer.ts';
import { addressFromBytes, type IpAddress } from './address.ts';
import type { NeighbourClaim } from './neighbour.ts';

const BROADCAST = new Uint8Array(6).fill(0xff);
const NO_MAC = new Uint8Array(6);
export const ETHERTYPE_ARP = 0x0806;
const HARDWARE_ETHERNET = 1;
const PROTOCOL_IPV4 = 0x0800;
const REQUEST = 1;
const REPLY = 2;
const FRAME_LENGTH = 14 + 28;

/**
 * The two Ethernet frames that tell a LAN who now owns an IPv4 address. Neighbours differ in which form they learn
 * from, so both are sent: the request form of RFC 9568 §6.4.1 (sender = target address) and the reply form.
 */
export function gratuitousArpFrames(address: IpAddress, mac: Uint8Array): readonly Uint8Array[] {
  // RFC 9568 §6.4.1: the target hardware address is that of the router itself.
  const both = { mac, address: address.bytes };
  return [frame(REQUEST, both, both), frame(REPLY, both, both)];
}

/**
 * Asks who has `address`. `source` is the own address of the one who asks; without it the question is a probe that
 * nobody learns anything from (RFC 5227 §1.1).
 */
export function arpRequestFrame(
  address: IpAddress,
  mac: Uint8Array,
  source: IpAddress | undefined,
): Uint8Array {
  const sender = { mac, address: source?.bytes ?? new Uint8Array(4) };
  return frame(REQUEST, sender, { mac: NO_MAC, address: address.bytes });
}

/** Who says in an ARP frame, of whatever kind, that an address is its own. Undefined for anything else. */
export function claimInArp(bytes: Uint8Array): NeighbourClaim | undefined {
  if (bytes.length < FRAME_LENGTH) return undefined;
  const reader = new ByteReader(bytes.subarray(12, FRAME_LENGTH));
  if (reader.u16() !== ETHERTYPE_ARP || reader.u16() !== HARDWARE_ETHERNET) return undefined;
  if (reader.u16() !== PROTOCOL_IPV4 || reader.u8() !== 6 || reader.u8() !== 4) return undefined;
  reader.u16();
  const mac = reader.bytes(6);
  const address = addressFromBytes(reader.bytes(4));
  return address === undefined || address.bytes.every((byte) => byte === 0) ? undefined : { address, mac };
}

interface Party {
  readonly mac: Uint8Array;
  readonly address: Uint8Array;
}

function frame(operation: number, sender: Party, target: Party): Uint8Array {
  return new ByteWriter(FRAME_LENGTH)
    .bytes(BROADCAST)
    .bytes(sender.mac)
    .u16(ETHERTYPE_ARP)
    .u16(HARDWARE_ETHERNET)
    .u16(PROTOCOL_IPV4)
    .u8(sender.mac.length)
    .u8(sender.address.length)
    .u16(operation)
    .bytes(sender.mac)
    .bytes(sender.address)
    .bytes(target.mac)
    .bytes(target.address)
    .finish();
}
