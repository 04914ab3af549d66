import { Network, until } from '../network.ts';

/** The link-local address that belongs to VHID 51 (RFC 9568 §5.2.9), and one for clients. */
export const IPV6_VIRTUAL = ['fe80::200:5eff:fe00:233/64', '2001:db8::100/64'] as const;

/** Hosts with an IPv4 and an IPv6 address, whose link-local addresses are ready. `last` is the last part of both addresses. */
export async function dualNetwork(hosts: Readonly<Record<string, number>>): Promise<Network> {
  const network = await Network.create(
    Object.fromEntries(Object.entries(hosts).map(([name, last]) => [name, `10.99.0.${last}/24`])),
  );
  await Promise.all(
    Object.entries(hosts).map(async ([name, last]) => {
      const host = network.host(name);
      await host.run('ip', 'address', 'add', `2001:db8::${last}/64`, 'dev', 'eth0', 'nodad');
      await until(
        async () => !(await host.run('ip', '-6', 'address', 'show', 'tentative')).includes('fe80'),
        15_000,
        `${name} has a link-local address`,
      );
    }),
  );
  return network;
}
