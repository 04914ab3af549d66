import { formatIpv4, type Network } from './ipv4.ts';

/** The server's own address in the VPN network: the first one after the network's. */
export function serverAddress(network: Network): string {
  return formatIpv4(network.address + 1);
}

/**
 * The lowest address that a client may have and none has, or undefined when the network is full. The network's address,
 * the server's and the broadcast address are nobody's. `taken` holds addresses in dotted form.
 */
export function firstFreeAddress(network: Network, taken: ReadonlySet<string>): string | undefined {
  const broadcast = network.address + 2 ** (32 - network.prefix) - 1;
  for (let value = network.address + 2; value < broadcast; value += 1) {
    const address = formatIpv4(value);
    if (!taken.has(address)) return address;
  }
  return undefined;
}

/** Whether a client may have the address: in the network, and none of the three that are nobody's. */
export function isClientAddress(network: Network, address: number): boolean {
  const broadcast = network.address + 2 ** (32 - network.prefix) - 1;
  return address >= network.address + 2 && address < broadcast;
}
