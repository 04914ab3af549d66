import { InnerConnection } from '../../../lab/demo/inner-connection.ts';
import { standsBy, statusOf } from '../../../lab/demo/node-commands.ts';
import { PingProbe } from '../../../lab/demo/ping-probe.ts';
import { addUser, pair, profileOf, setUpPair } from '../../../lab/demo/set-up.ts';
import { until } from '../../../lab/demo/until.ts';
import { VpnClient } from '../../../lab/demo/vpn-client.ts';
import { Lab } from '../../../lab/lab.ts';
import type { NodeName } from '../../../lab/topology.ts';

/** A pair with a client that is connected, and what watches its tunnel. */
export interface Connected {
  readonly lab: Lab;
  readonly client: VpnClient;
  readonly tunnel: PingProbe;
  readonly address: PingProbe;
}

export async function connectedPair(name: string, clients = 1): Promise<Connected> {
  const lab = await Lab.up({ clients, stateDir: `/var/lib/tandem-test-${name}-${process.pid}` });
  try {
    await setUpPair(lab, () => undefined);
    await InnerConnection.serve(lab, 'office');
    const { password } = await addUser(lab, 'node-a', 'alice');
    const profile = await profileOf(lab, 'node-a', 'alice');
    const client = await VpnClient.connect(lab, 'client-1', { user: 'alice', password, profile });
    const tunnel = new PingProbe(lab, 'client-1', pair.office, 10);
    const address = new PingProbe(lab, 'gateway', pair.virtualAddress, 10);
    await until(() => tunnel.answersWithin(500) > 5 && address.answersWithin(500) > 5, 20_000, 'answers');
    return { lab, client, tunnel, address };
  } catch (error) {
    await lab.down();
    throw error;
  }
}

export async function disconnect(connected: Connected | undefined): Promise<void> {
  connected?.tunnel.stop();
  connected?.address.stop();
  await connected?.lab.down();
}

/** Counts the recalls that reach a client, in its own firewall. */
export async function countRecalls(
  lab: Lab,
  host: `client-${number}` = 'client-1',
): Promise<() => Promise<number>> {
  // 60 bytes of UDP payload that begin with 0x40: no other packet of OpenVPN looks so.
  const rules = `table inet probe {
  chain input {
    type filter hook input priority 0
    udp sport 1194 udp length 68 @th,64,8 0x40 counter
  }
}
`;
  const made = await lab.exec(host, ['nft', '-f', '-'], { input: rules });
  if (made.code !== 0) throw new Error(made.stderr);
  return async () => {
    const { stdout } = await lab.exec(host, ['nft', 'list', 'table', 'inet', 'probe']);
    return Number(/counter packets (\d+)/.exec(stdout)?.[1]);
  };
}

/** Waits until that node is active, and the other one, if it is on, follows it with every change. */
export async function settled(lab: Lab, active: NodeName, paired: boolean): Promise<void> {
  const standby = active === 'node-a' ? 'node-b' : 'node-a';
  await until(
    async () => {
      const status = await statusOf(lab, active);
      const ready = !paired || (status?.protected === true && standsBy(await statusOf(lab, standby)));
      return status?.role === 'active' && ready;
    },
    60_000,
    `${active} to be active${paired ? ' and protected' : ''}`,
  );
}

/** The tunnel answers again, and has for a while. */
export async function tunnelIsBack({ tunnel }: Connected, sinceMs: number): Promise<void> {
  await until(
    () => Date.now() > sinceMs + 2_500 && tunnel.answersWithin(500) > 20,
    60_000,
    'the tunnel to work again',
  );
}

/** What the nodes of a lab can share, once its hosts have IPv6. */
export const shared6 = '2001:db8::100/64';

/** Gives the hosts IPv6 beside IPv4, until they are switched off: nodes, gateway, and the second client behind it. */
export async function giveIpv6(lab: Lab): Promise<void> {
  const lines = [
    ['node-a', 'ip address add 2001:db8::1/64 dev eth0 nodad; ip -6 route add default via 2001:db8::fe'],
    ['node-b', 'ip address add 2001:db8::2/64 dev eth0 nodad; ip -6 route add default via 2001:db8::fe'],
    [
      'gateway',
      'ip address add 2001:db8::fe/64 dev eth0 nodad; ip address add 2001:db8:1::fe/64 dev eth1 nodad; sysctl -qw net.ipv6.conf.all.forwarding=1',
    ],
    [
      'client-2',
      'ip address add 2001:db8:1::12/64 dev eth0 nodad; ip -6 route add default via 2001:db8:1::fe',
    ],
  ] as const;
  for (const [host, line] of lines) {
    const { code, stderr } = await lab.exec(host, ['sh', '-ec', line]);
    if (code !== 0) throw new Error(`${host} got no IPv6: ${stderr}`);
  }
}
