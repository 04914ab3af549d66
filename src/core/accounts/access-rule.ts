import { formatPrefix, type Prefix, parsePrefix } from '../net/prefix.ts';

/** One thing that may be reached: a network, and in it one protocol and some ports or all. */
export interface AccessRule {
  /** In CIDR form, IPv4 or IPv6. */
  readonly network: string;
  readonly family: 4 | 6;
  readonly protocol: 'tcp' | 'udp' | undefined;
  /** First and last port of each range; empty for all. */
  readonly ports: readonly (readonly [first: number, last: number])[];
}

const mostRanges = 16;

/** Reads `10.20.0.0/16`, `10.20.0.5`, `10.20.0.5 tcp 443` or `fd00::/8 udp 53,5000-5010`; undefined when it is none of these. */
export function parseAccessRule(text: string): AccessRule | undefined {
  const [networkText = '', protocol, portsText, ...rest] = text.trim().split(/\s+/);
  const prefix = parsePrefix(
    networkText.includes('/') ? networkText : `${networkText}/${lengthOfOne(networkText)}`,
  );
  if (prefix === undefined || hasHostBits(prefix) || rest.length > 0) return undefined;
  if (protocol !== undefined && protocol !== 'tcp' && protocol !== 'udp') return undefined;
  const ports = portsText === undefined ? [] : parsePorts(portsText);
  if (ports === undefined) return undefined;
  return { network: formatPrefix(prefix), family: prefix.address.family, protocol, ports };
}

function lengthOfOne(address: string): number {
  return address.includes(':') ? 128 : 32;
}

function parsePorts(text: string): AccessRule['ports'] | undefined {
  const ranges = text.split(',').map((part) => {
    const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(part);
    const [first, last] = [Number(match?.[1]), Number(match?.[2] ?? match?.[1])];
    return first >= 1 && last <= 65_535 && first <= last ? ([first, last] as const) : undefined;
  });
  const known = ranges.filter((range) => range !== undefined);
  return known.length === ranges.length && known.length <= mostRanges ? known : undefined;
}

function hasHostBits({ address, length }: Prefix): boolean {
  return address.bytes.some((byte, index) => {
    const bits = Math.min(8, Math.max(0, length - index * 8));
    return (byte & (0xff >> bits)) !== 0;
  });
}
