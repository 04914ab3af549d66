import { isIpv6LinkLocal, isMulticast } from './address.ts';
import { formatPrefix, type Prefix, parsePrefix, prefixContains } from './prefix.ts';

/** Whether both nodes of a pair can share it, and clients anywhere reach it: `2001:db8::100/64`. */
export function isSharedIpv6(text: string): boolean {
  const prefix = parsePrefix(text);
  if (prefix?.address.family !== 6) return false;
  const { address } = prefix;
  const isNobody = address.bytes.slice(0, 15).every((byte) => byte === 0);
  return !isNobody && !isIpv6LinkLocal(address) && !isMulticast(address);
}

/** The one way to write it (RFC 5952), so that two texts of the same address are the same. */
export function canonicalPrefix(text: string): string {
  const prefix = parsePrefix(text);
  return prefix === undefined ? text : formatPrefix(prefix);
}

/** The first of a node's own addresses, as `2001:db8::1/64`, that is in the same network; undefined where there is none. */
export function neighbourOf(shared: string, own: readonly string[]): string | undefined {
  const wanted = parsePrefix(shared);
  if (wanted === undefined) return undefined;
  const isNear = (one: Prefix | undefined): boolean =>
    one?.length === wanted.length && prefixContains(wanted, one.address);
  return own.find((text) => isNear(parsePrefix(text)));
}
