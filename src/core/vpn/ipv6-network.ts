import { formatAddress, parseAddress } from '../net/address.ts';
import { parsePrefix } from '../net/prefix.ts';

/** Clients begin here, so that the few addresses before are the servers' own (each device has a /124 of them). */
const firstClient = 0x1000;

/**
 * The IPv6 address of a client whose IPv4 address is the `offset`-th of its network: with one address the other is given,
 * on both nodes. `network` is a /64 to /96 in CIDR form; undefined when it is none.
 */
export function clientAddress6(network: string, offset: number): string | undefined {
  return addressAt(network, firstClient + offset);
}

/** The server's own address. */
export function serverAddress6(network: string): string | undefined {
  return addressAt(network, 1);
}

function addressAt(network: string, index: number): string | undefined {
  const prefix = parsePrefix(network);
  if (prefix === undefined || prefix.address.family !== 6) return undefined;
  const bytes = prefix.address.bytes.slice();
  new DataView(bytes.buffer).setUint32(12, index);
  const text = formatAddress({ family: 6, bytes });
  return parseAddress(text) === undefined ? undefined : text;
}
