import { z } from 'zod';
import { formatIpv4, parseIpv4 } from '../core/openvpn/ipv4.ts';

/** Linux: IFNAMSIZ leaves 15 characters. */
export const interfaceNameSchema: z.ZodType<string> = z
  .string()
  .regex(/^[A-Za-z0-9_.:-]{1,15}$/, 'not an interface name');

/** The address alone, without its prefix length. */
export function bareAddress(prefixedAddress: string): string {
  return prefixedAddress.slice(0, prefixedAddress.indexOf('/'));
}

/** The network an address is in: `10.99.0.1`, 24 → `10.99.0.0/24`. */
export function bareNetwork(address: string, prefixLength: number): string {
  const value = parseIpv4(address) ?? 0;
  const size = 2 ** (32 - prefixLength);
  return `${formatIpv4(value - (value % size))}/${prefixLength}`;
}
