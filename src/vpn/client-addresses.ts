import { listStandingUsers, type StandingUser } from '../accounts/standing.ts';
import { genericCommonName, isLoginName } from '../core/openvpn/common-name.ts';
import { parseIpv4, parseNetwork } from '../core/openvpn/ipv4.ts';
import type { Head } from '../core/replication/position.ts';
import type { ClientOfUser } from '../core/vpn/access-policy.ts';
import { clientAddress6 } from '../core/vpn/ipv6-network.ts';
import type { VpnSettings } from '../core/vpn/settings.ts';
import type { ProfileInForce } from '../store/certificate/certificate.ts';
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

/** A client as it may come: by a profile of its user, or by the generic one. */
interface AwaitedClient {
  readonly commonName: string;
  readonly user: StandingUser;
  readonly kind: ProfileInForce['kind'];
  readonly ipv4: string;
}

/** Asked several times for each change. The head of the journal is another object after each. */
const knownAt = new WeakMap<Head, { readonly users: StandingUser[]; readonly clients: AwaitedClient[] }>();

/** Everybody, and who may come. */
export function usersAndClients(store: Store): {
  readonly users: readonly StandingUser[];
  readonly clients: readonly AwaitedClient[];
} {
  const { head } = store;
  const known = knownAt.get(head);
  if (known !== undefined) return known;
  const users = listStandingUsers(store);
  const found = { users, clients: awaitedClients(store, users) };
  knownAt.set(head, found);
  return found;
}

/** Every profile in force that has an address, and everybody who has one for the generic profile while that is in force. */
function awaitedClients(store: Store, all: readonly StandingUser[]): AwaitedClient[] {
  const users = new Map(all.map((user) => [user.name, user]));
  const addresses = new Map(store.clientAddresses.list().map((one) => [one.commonName, one.ipv4]));
  const inForce = store.certificates.inForce();
  const ownProfiles = inForce.map(({ commonName, userName, kind }) => ({ commonName, userName, kind }));
  const isGeneric = inForce.some(({ commonName }) => commonName === genericCommonName);
  const logins = isGeneric ? [...addresses.keys()].filter(isLoginName) : [];
  const byLogin = logins.map((name) => ({ commonName: name, userName: name, kind: 'user-locked' as const }));
  return [...ownProfiles, ...byLogin].flatMap(({ commonName, userName, kind }) => {
    const [user, ipv4] = [users.get(userName), addresses.get(commonName)];
    return user === undefined || ipv4 === undefined ? [] : [{ commonName, user, kind, ipv4 }];
  });
}

/** The same with their addresses and what they may reach. */
export function clientsOfUsers(store: Store, vpn: VpnSettings): ClientOfUser[] {
  return usersAndClients(store).clients.map(({ user, ipv4 }) => {
    const ipv6 = address6Of(vpn, ipv4);
    return {
      addresses: ipv6 === undefined ? [ipv4] : [ipv4, ipv6],
      routes: user.routes,
      access: user.access,
    };
  });
}
