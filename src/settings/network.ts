import { z } from 'zod';

/** Linux: IFNAMSIZ leaves 15 characters. */
export const interfaceNameSchema: z.ZodType<string> = z
  .string()
  .regex(/^[A-Za-z0-9_.:-]{1,15}$/, 'not an interface name');

/** The address alone, without its prefix length. */
export function bareAddress(prefixedAddress: string): string {
  return prefixedAddress.slice(0, prefixedAddress.indexOf('/'));
}
