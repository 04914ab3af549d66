import { internetChecksum } from '../bytes/checksum.ts';
import { ByteWriter } from '../bytes/writer.ts';
import type { IpAddress } from './address.ts';

interface Endpoint {
  readonly address: IpAddress;
  readonly port: number;
}

const ipHeaderLength = 20;
const udpHeaderLength = 8;
const protocolUdp = 17;
const timeToLive = 64;
const dontFragment = 0x4000;

/**
 * A whole IPv4 packet with one UDP datagram, as a raw socket with `IP_HDRINCL` takes it (raw(7)): the kernel fills in the
 * identification and the header's checksum. RFC 791 §3.1, RFC 768.
 */
export function ipv4UdpDatagram(source: Endpoint, destination: Endpoint, payload: Uint8Array): Uint8Array {
  const length = udpHeaderLength + payload.length;
  const pseudoHeader = new ByteWriter(12)
    .bytes(source.address.bytes)
    .bytes(destination.address.bytes)
    .u16(protocolUdp)
    .u16(length)
    .finish();
  const udpHeader = (checksum: number): Uint8Array =>
    new ByteWriter(udpHeaderLength).u16(source.port).u16(destination.port).u16(length).u16(checksum).finish();
  // A sum of zero is sent as its complement: zero says that there is no checksum (RFC 768).
  const checksum = internetChecksum(pseudoHeader, udpHeader(0), payload) || 0xffff;
  return new ByteWriter(ipHeaderLength + length)
    .u8(0x45)
    .u8(0)
    .u16(ipHeaderLength + length)
    .u16(0)
    .u16(dontFragment)
    .u8(timeToLive)
    .u8(protocolUdp)
    .u16(0)
    .bytes(source.address.bytes)
    .bytes(destination.address.bytes)
    .bytes(udpHeader(checksum))
    .bytes(payload)
    .finish();
}
