import { isIP, isIPv4 } from 'node:net';
import { TandemError } from '../../core/errors.ts';
import { formatPrefix, parsePrefix } from '../../core/net/prefix.ts';
import { formatIpv4, type Network, netmask, parseNetwork } from '../../core/openvpn/ipv4.ts';

/** OpenVPN's OPTION_LINE_SIZE and OPTION_PARM_SIZE (options.h) less the terminating zero. */
const MAX_LINE_BYTES = 255;

const PLAIN = /^[A-Za-z0-9_./:@%+,=-]+$/;
const PRINTABLE = /^[\x20-\x7e]+$/;
const PATH = /^(?:\/[A-Za-z0-9_@+:-][A-Za-z0-9_.@+:-]*)+$/;
const INTERFACE = /^[A-Za-z][A-Za-z0-9_.-]{0,14}$/;
const ACCOUNT = /^[a-z_][a-z0-9_-]{0,31}$/;
const HOST = /^(?=.{1,253}$)[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})(?:\.[A-Za-z0-9][A-Za-z0-9-]{0,62})*\.?$/;

/**
 * One line of an OpenVPN configuration. Words are quoted as OpenVPN's lexer reads them; whatever could end the line,
 * the word or the file early is refused.
 * @throws TandemError `access.openvpn.bad-value`
 */
export function option(name: string, ...words: readonly (string | number)[]): string {
  const line = [name, ...words.map((word) => quoted(name, String(word)))].join(' ');
  if (line.length > MAX_LINE_BYTES) throw badValue(name, 'a line', 'is longer than OpenVPN reads');
  return line;
}

/** `push "…"` of one option, whose own words are quoted inside. */
export function pushed(name: string, ...words: readonly (string | number)[]): string {
  return option('push', option(name, ...words));
}

/** A PEM text inline: `<tag> … </tag>`. Nothing but PEM lines may stand in it, so it cannot close its own tag. */
export function inline(tag: string, pem: string): string {
  const text = pem.trim();
  const line = /^(?:[A-Za-z0-9+/=]{1,76}|-----(?:BEGIN|END) [A-Za-z0-9 -]{1,64}-----)$/;
  if (text === '' || !text.split('\n').every((part) => line.test(part))) {
    throw badValue(tag, 'its text', 'is not PEM');
  }
  return `<${tag}>\n${text}\n</${tag}>`;
}

function quoted(name: string, word: string): string {
  if (PLAIN.test(word)) return word;
  if (!PRINTABLE.test(word))
    throw badValue(name, JSON.stringify(word), 'holds other than printable ASCII characters');
  return `"${word.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

export function checkedPath(name: string, path: string): string {
  if (!PATH.test(path)) throw badValue(name, JSON.stringify(path), 'is not a plain absolute path');
  return path;
}

export function checkedInterface(name: string, value: string): string {
  if (!INTERFACE.test(value)) throw badValue(name, JSON.stringify(value), 'is not an interface name');
  return value;
}

export function checkedAccount(name: string, value: string): string {
  if (!ACCOUNT.test(value)) throw badValue(name, JSON.stringify(value), 'is not a user or group name');
  return value;
}

export function checkedAddress(name: string, value: string): string {
  if (!isIPv4(value)) throw badValue(name, JSON.stringify(value), 'is not an IPv4 address');
  return value;
}

export function checkedAnyAddress(name: string, value: string): string {
  if (isIP(value) === 0 || value.includes('%'))
    throw badValue(name, JSON.stringify(value), 'is not an address');
  return value;
}

/** An IPv6 network in CIDR form, as it is to be written. */
export function checkedNetwork6(name: string, value: string): string {
  const prefix = parsePrefix(value);
  if (prefix?.address.family !== 6)
    throw badValue(name, JSON.stringify(value), 'is not a network such as fd00:8::/64');
  return formatPrefix(prefix);
}

/** A host name or an address. */
export function checkedHost(name: string, value: string): string {
  if (isIP(value) === 6 && !value.includes('%')) return value;
  if (!HOST.test(value)) throw badValue(name, JSON.stringify(value), 'is not a host name or an address');
  return value;
}

export function checkedInteger(name: string, value: number, lowest: number, highest: number): number {
  if (!Number.isInteger(value) || value < lowest || value > highest) {
    throw badValue(name, String(value), `is not a whole number from ${lowest} to ${highest}`);
  }
  return value;
}

export function checkedNetwork(name: string, value: string): Network {
  const network = parseNetwork(value);
  if (network === undefined)
    throw badValue(name, JSON.stringify(value), 'is not a network such as 10.8.0.0/24');
  return network;
}

/** Address and mask, the two words in which OpenVPN writes a network. */
export function networkWords(name: string, value: string): [address: string, mask: string] {
  const network = checkedNetwork(name, value);
  return [formatIpv4(network.address), netmask(network.prefix)];
}

export function badValue(name: string, value: string, why: string): TandemError {
  return new TandemError({
    code: 'access.openvpn.bad-value',
    culprit: 'caller',
    message: `Cannot write an OpenVPN configuration: ${name}: ${value} ${why}`,
    hint: `Correct the setting behind ${name}`,
  });
}
