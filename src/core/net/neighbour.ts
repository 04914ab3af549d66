import type { IpAddress } from './address.ts';
import { arpRequestFrame, claimInArp, gratuitousArpFrames } from './arp.ts';
import { advertisementFrame, claimInNeighbourDiscovery, solicitationFrame } from './neighbour-discovery.ts';

/** Somebody on the LAN says that `address` is at `mac`. */
export interface NeighbourClaim {
  readonly address: IpAddress;
  readonly mac: Uint8Array;
}

/** The Ethernet frames that tell the LAN that `address` is here now. */
export function announcementFrames(address: IpAddress, mac: Uint8Array): readonly Uint8Array[] {
  return address.family === 4 ? gratuitousArpFrames(address, mac) : [advertisementFrame(address, mac)];
}

/** The Ethernet frame that asks who has `address`; without a `source` nobody learns anything from it. */
export function questionFrame(
  address: IpAddress,
  mac: Uint8Array,
  source: IpAddress | undefined,
): Uint8Array {
  return address.family === 4
    ? arpRequestFrame(address, mac, source)
    : solicitationFrame(address, mac, source);
}

/** Reads the frames of `family` in which an address is claimed. Never throws, whatever arrives. */
export function claimInFrame(family: 4 | 6, frame: Uint8Array): NeighbourClaim | undefined {
  return family === 4 ? claimInArp(frame) : claimInNeighbourDiscovery(frame);
}

export function formatMac(mac: Uint8Array): string {
  return Array.from(mac, (byte) => byte.toString(16).padStart(2, '0')).join(':');
}

export function sameMac(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
