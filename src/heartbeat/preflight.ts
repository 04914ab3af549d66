import { TandemError } from '../core/errors.ts';
import { type IpAddress, sameAddress } from '../core/net/address.ts';
import { formatPrefix, type Prefix, prefixContains } from '../core/net/prefix.ts';
import { type InterfaceAddress, listAddresses, removeAddress } from '../linux/netlink/interface-address.ts';
import { readLink } from '../linux/netlink/link.ts';
import { NetlinkSocket } from '../linux/netlink/socket.ts';
import { removeVirtualMac } from '../linux/virtual-mac.ts';
import { ownAddress } from './own-address.ts';

/** What was found on the interface before the start. */
export interface Preflight {
  readonly interfaceIndex: number;
  /** This node's own address there. */
  readonly source: IpAddress;
  /** Virtual addresses of an earlier run that was killed, still within their lease. */
  readonly leftovers: readonly Prefix[];
}

/**
 * Checks that the virtual addresses fit the interface. Changes nothing. Throws `TandemError` when there is no such
 * interface, no address of our own on it, or a virtual address that is in none of its networks or somebody else's.
 */
export function inspect(interfaceName: string, virtualAddresses: readonly Prefix[]): Preflight {
  const netlink = new NetlinkSocket();
  try {
    const link = readLink(netlink, interfaceName);
    const present = listAddresses(netlink, link.index);
    const leftovers = present.filter((address) => isOneOf(virtualAddresses, address));
    const foreign = leftovers.find((address) => address.permanent);
    if (foreign !== undefined) throw alreadyThere(foreign, interfaceName);
    const family = virtualAddresses[0]?.address.family ?? 4;
    const source = ownAddress(present, virtualAddresses, family, virtualAddresses[0]?.address);
    if (source === undefined) throw noOwnAddress(interfaceName, family);
    const own = present.filter(
      (address) => address.prefix.address.family === 4 && !isOneOf(virtualAddresses, address),
    );
    for (const virtual of virtualAddresses) {
      // An IPv6 interface needs no address in a network to be on its link.
      if (virtual.address.family === 4 && !own.some(({ prefix }) => prefixContains(prefix, virtual.address)))
        throw outside(virtual, interfaceName, own);
    }
    return {
      interfaceIndex: link.index,
      source,
      leftovers: leftovers.map(({ prefix }) => prefix),
    };
  } finally {
    netlink.close();
  }
}

/** Takes away the interface that a run which was killed left behind, also when there is to be none now. */
export function removeLeftInterface({ interfaceIndex, source }: Preflight, vhid: number): void {
  const netlink = new NetlinkSocket();
  try {
    removeVirtualMac(netlink, interfaceIndex, vhid, source.family);
  } finally {
    netlink.close();
  }
}

export function removeLeftovers({ interfaceIndex, leftovers }: Preflight): void {
  const netlink = new NetlinkSocket();
  try {
    for (const prefix of leftovers) removeAddress(netlink, interfaceIndex, prefix);
  } finally {
    netlink.close();
  }
}

function isOneOf(virtualAddresses: readonly Prefix[], { prefix }: InterfaceAddress): boolean {
  return virtualAddresses.some((virtual) => sameAddress(virtual.address, prefix.address));
}

function alreadyThere({ prefix }: InterfaceAddress, interfaceName: string): TandemError {
  return new TandemError({
    code: 'heartbeat.address-taken',
    culprit: 'operator',
    message: `${formatPrefix(prefix)} is on ${interfaceName} already, and not as a virtual address`,
    hint: `remove it where it is configured, then: ip address del ${formatPrefix(prefix)} dev ${interfaceName}`,
  });
}

function noOwnAddress(interfaceName: string, family: 4 | 6): TandemError {
  return new TandemError({
    code: 'heartbeat.no-own-address',
    culprit: 'operator',
    message: `${interfaceName} has no ${family === 4 ? 'IPv4' : 'IPv6 link-local'} address of its own, which advertisements need as their source`,
    hint: `see: ip address show dev ${interfaceName}`,
  });
}

function outside(virtual: Prefix, interfaceName: string, own: readonly InterfaceAddress[]): TandemError {
  const networks = own.map(({ prefix }) => formatPrefix(prefix)).join(', ');
  return new TandemError({
    code: 'heartbeat.address-outside',
    culprit: 'operator',
    message: `the virtual address ${formatPrefix(virtual)} is in no network of ${interfaceName} (${networks})`,
    hint: 'choose a free address of that network, or the interface that is in the network of the address',
  });
}
