import { ByteWriter } from '../bytes/writer.ts';
import type { IpAddress } from './address.ts';

const BROADCAST = new Uint8Array(6).fill(0xff);
const ETHERTYPE_ARP = 0x0806;
const HARDWARE_ETHERNET = 1;
const PROTOCOL_IPV4 = 0x0800;
const REQUEST = 1;
const REPLY = 2;

/**
 * The two Ethernet frames that tell a LAN who now owns an IPv4 address. Neighbours differ in which form they learn
 * from, so both are sent: the request form of RFC 9568 §6.4.1 (sender = target address) and the reply form.
 */
export function gratuitousArpFrames(address: IpAddress, mac: Uint8Array): readonly Uint8Array[] {
  return [frame(REQUEST, address, mac), frame(REPLY, address, mac)];
}

function frame(operation: number, address: IpAddress, mac: Uint8Array): Uint8Array {
  return (
    new ByteWriter(14 + 28)
      .bytes(BROADCAST)
      .bytes(mac)
      .u16(ETHERTYPE_ARP)
      .u16(HARDWARE_ETHERNET)
      .u16(PROTOCOL_IPV4)
      .u8(mac.length)
      .u8(address.bytes.length)
      .u16(operation)
      .bytes(mac)
      .bytes(address.bytes)
      // RFC 9568 §6.4.1: the target hardware address is that of the router itself.
      .bytes(mac)
      .bytes(address.bytes)
      .finish()
  );
}
