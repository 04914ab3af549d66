import { type IpAddress, isIpv6LinkLocal, sameAddress } from '../core/net/address.ts';
import { type Prefix, prefixContains } from '../core/net/prefix.ts';
import type { InterfaceAddress } from '../linux/netlink/interface-address.ts';

/**
 * The address of this node among those `present` on an interface: where its advertisements come from. For IPv6 the
 * link-local one (RFC 9568 §5.1.2.1), but to one node alone whose address is not link-local, one that is not either.
 * One in the network of `near` goes before others. Undefined when there is none.
 */
export function ownAddress(
  present: readonly InterfaceAddress[],
  virtual: readonly Prefix[],
  family: 4 | 6,
  near?: IpAddress,
): IpAddress | undefined {
  const linkLocal = near === undefined || isIpv6LinkLocal(near);
  const own = present.filter(
    ({ prefix, usable }) =>
      usable &&
      prefix.address.family === family &&
      (family === 4 || isIpv6LinkLocal(prefix.address) === linkLocal) &&
      !virtual.some(({ address }) => sameAddress(address, prefix.address)),
  );
  const best = own.find(({ prefix }) => near !== undefined && prefixContains(prefix, near)) ?? own[0];
  return best?.prefix.address;
}
