/** An IPv4 network: `address` is its first address as an unsigned number, `prefix` its length in bits. */
export interface Network {
  readonly address: number;
  readonly prefix: number;
}

const OCTET = /^(0|[1-9][0-9]{0,2})$/;

/** The address as an unsigned 32-bit number; undefined unless it is four plain decimal octets. */
export function parseIpv4(text: string): number | undefined {
  const octets = text.split('.');
  if (octets.length !== 4) return undefined;
  let value = 0;
  for (const octet of octets) {
    if (!OCTET.test(octet) || Number(octet) > 255) return undefined;
    value = value * 256 + Number(octet);
  }
  return value;
}

export function formatIpv4(value: number): string {
  return [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255].join('.');
}

/** A network in CIDR form; undefined when it is misspelt or has bits set beyond its prefix. */
export function parseNetwork(text: string): Network | undefined {
  const [addressText, prefixText, ...rest] = text.split('/');
  if (addressText === undefined || prefixText === undefined || rest.length > 0) return undefined;
  const address = parseIpv4(addressText);
  const prefix = OCTET.test(prefixText) ? Number(prefixText) : 33;
  if (address === undefined || prefix > 32) return undefined;
  return address % 2 ** (32 - prefix) === 0 ? { address, prefix } : undefined;
}

export function netmask(prefix: number): string {
  return formatIpv4(2 ** 32 - 2 ** (32 - prefix));
}
