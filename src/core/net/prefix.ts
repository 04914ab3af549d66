import { formatAddress, type IpAddress, parseAddress, sameAddress } from './address.ts';

/** An address together with the length of its network part: `10.99.0.100/24`. Host bits are kept. */
export interface Prefix {
  readonly address: IpAddress;
  readonly length: number;
}

/** Reads `address/length`; undefined without a length or with one that the family does not have. */
export function parsePrefix(text: string): Prefix | undefined {
  const match = /^([^/]+)\/(\d{1,3})$/.exec(text);
  const address = parseAddress(match?.[1] ?? '');
  const length = Number(match?.[2]);
  if (address === undefined || length > address.bytes.length * 8) return undefined;
  return { address, length };
}

export function formatPrefix(prefix: Prefix): string {
  return `${formatAddress(prefix.address)}/${prefix.length}`;
}

export function samePrefix(a: Prefix, b: Prefix): boolean {
  return a.length === b.length && sameAddress(a.address, b.address);
}

/** True when `address` lies in the network of `prefix`. */
export function prefixContains(prefix: Prefix, address: IpAddress): boolean {
  if (prefix.address.family !== address.family) return false;
  return prefix.address.bytes.every((byte, index) => {
    const bits = Math.min(8, Math.max(0, prefix.length - index * 8));
    const mask = (0xff << (8 - bits)) & 0xff;
    return (byte & mask) === ((address.bytes[index] ?? 0) & mask);
  });
}
