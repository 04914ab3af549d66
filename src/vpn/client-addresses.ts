import { listStandingUsers } from '../accounts/standing.ts';
import { parseIpv4, parseNetwork } from '../core/openvpn/ipv4.ts';
import type { ClientOfUser } from '../core/vpn/access-policy.ts';
import { clientAddress6 } from '../core/vpn/ipv6-network.ts';
import type { VpnSettings } from '../core/vpn/settings.ts';
import type { Store } from '../store/store.ts';

/** The IPv6 address that goes with a client's IPv4 address; undefined without IPv6 in the VPN. */
export function address6Of(
  { network, network6 }: Pick<VpnSettings, 'network' | 'network6'>,
  ipv4: string,
): string | undefined {
  if (network6 === '') return undefined;
  const [base, address] = [parseNetwork(network), parseIpv4(ipv4)];
  if (base === undefined || address === undefined) return undefined;
  return clientAddress6(network6, address - base.address);
}

/** Every profile in force with its addresses and what is said of its user. */
export function clientsOfUsers(store: Store, vpn: VpnSettings): ClientOfUser[] {
  const users = new Map(listStandingUsers(store).map((user) => [user.name, user]));
  const addresses = new Map(store.clientAddresses.list().map((one) => [one.commonName, one.ipv4]));
  return store.certificates.inForce().flatMap(({ commonName, userName }) => {
    const [user, ipv4] = [users.get(userName), addresses.get(commonName)];
    if (user === undefined || ipv4 === undefined) return [];
    const ipv6 = address6Of(vpn, ipv4);
    return [
      { addresses: ipv6 === undefined ? [ipv4] : [ipv4, ipv6], routes: user.routes, access: user.access },
    ];
  });
}
