import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { until } from '../../../lab/demo/until.ts';
import type { NodeName } from '../../../lab/topology.ts';
import { look } from '../pair/pair-lab.ts';
import { Connections, type Fates, routeTo } from './connections.ts';
import { type Connected, connectedPair, disconnect, settled, tunnelIsBack } from './recall-lab.ts';

/** How often there and back; each is two power losses. `TANDEM_ROUNDS=20` for the long form. */
const rounds = Number(process.env['TANDEM_ROUNDS'] ?? 1);
const vpnNetwork = '10.8.0.0/20';

let connected: Connected;
let connections: Connections;
before(async () => {
  connected = await connectedPair('connections');
  for (const node of ['node-a', 'node-b'] as const) await routeTo(connected.lab, node, vpnAddress());
  connections = await Connections.open(connected.lab, vpnNetwork);
});
after(() => disconnect(connected));

function vpnAddress(): string {
  return connected.client.address ?? '';
}

/** How many of the VPN's TCP connections a node's kernel knows. */
async function known(node: NodeName): Promise<number> {
  const line = `conntrack -L -p tcp --orig-src ${vpnNetwork} 2>/dev/null | grep -c 'dport=7788'`;
  return Number(await look(connected.lab, node, `${line} || true`));
}

async function loseThePowerOf(active: NodeName, standby: NodeName): Promise<Fates> {
  const { lab } = connected;
  await until(async () => (await known(standby)) >= 8, 30_000, 'the standby to know every connection');
  const startMs = Date.now();
  await lab.powerOff(active);
  await tunnelIsBack(connected, startMs);
  const fates = await connections.fates(20_000);
  await lab.powerOn(active);
  await settled(lab, standby, true);
  await routeTo(lab, active, vpnAddress());
  return fates;
}

const alive = (fates: Fates): Fates =>
  Object.fromEntries(Object.keys(fates).map((name) => [name, undefined]));

for (let round = 1; round <= rounds; round += 1) {
  test(`round ${round}: connections of every order survive a power loss, translated and routed`, async () => {
    const fates = await loseThePowerOf('node-a', 'node-b');
    assert.equal(Object.keys(fates).length, 8);
    assert.deepEqual(fates, alive(fates));
  });

  test(`round ${round}: and the way back`, async () => {
    const fates = await loseThePowerOf('node-b', 'node-a');
    assert.deepEqual(fates, alive(fates));
  });
}
