import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { InnerConnection } from '../../../lab/demo/inner-connection.ts';
import { tandem } from '../../../lab/demo/node-commands.ts';
import { PingProbe } from '../../../lab/demo/ping-probe.ts';
import { addUser, pair, profileOf } from '../../../lab/demo/set-up.ts';
import { until } from '../../../lab/demo/until.ts';
import { VpnClient } from '../../../lab/demo/vpn-client.ts';
import { look, pidsOf } from '../pair/pair-lab.ts';
import {
  type Connected,
  connectedPair,
  countRecalls,
  disconnect,
  giveIpv6,
  settled,
  shared6,
  tunnelIsBack,
} from './recall-lab.ts';

let connected: Connected;
let over6: { client: VpnClient; tunnel: PingProbe; recalls: () => Promise<number> } | undefined;
let recalls: () => Promise<number>;
before(async () => {
  connected = await connectedPair('recall', 2);
  recalls = await countRecalls(connected.lab);
});
after(async () => {
  over6?.tunnel.stop();
  await disconnect(connected);
});

/** Without a recall a client notices after 4 s of silence and pauses for one more: nothing under 3 s is luck. */
const boundMs = 3_000;

/** What happened to the client from one moment to the next. */
async function watch(move: () => Promise<unknown>) {
  const { client, tunnel, lab } = connected;
  const before = {
    connections: client.connections,
    questions: client.passwordQuestions,
    recalls: await recalls(),
  };
  const connection = await InnerConnection.open(lab, 'client-1', pair.office);
  const address = client.address;
  const startMs = Date.now();
  await move();
  await tunnelIsBack(connected, startMs);
  const figures = {
    gapMs: tunnel.longestGapMs(startMs),
    recalls: (await recalls()) - before.recalls,
    questions: client.passwordQuestions - before.questions,
    sameAddress: client.address === address,
    tcpSurvived: await connection.carriesDataAfter(Date.now(), 30_000),
  };
  connection.close();
  return figures;
}

function assertRecalled(figures: Awaited<ReturnType<typeof watch>>): void {
  assert.ok(figures.gapMs < boundMs, `the tunnel was away for ${figures.gapMs} ms`);
  assert.deepEqual(
    { ...figures, gapMs: undefined },
    { gapMs: undefined, recalls: 1, questions: 0, sameAddress: true, tcpSurvived: true },
  );
}

test('power loss: the client is called once and goes on, without a restart, a login or a new address', async () => {
  const { lab, client } = connected;
  const figures = await watch(() => lab.powerOff('node-a'));
  assertRecalled(figures);
  assert.ok(client.connected, 'it never said that it reconnects');
  await settled(lab, 'node-b', false);
  await lab.powerOn('node-a');
  await settled(lab, 'node-b', true);
});

test('switchover: the client is called by the new node, and nobody was sent away before', async () => {
  const { lab } = connected;
  let told: unknown;
  const figures = await watch(async () => {
    told = await tandem(lab, 'node-b', ['switchover']);
  });
  assertRecalled(figures);
  assert.equal((told as { clientsTold: number }).clientsTold, 0);
  await settled(lab, 'node-a', true);
});

test('a crash of OpenVPN on the active node: its clients are called as soon as it runs again', async () => {
  const { lab } = connected;
  const [openvpn] = await pidsOf(lab, 'node-a', '^openvpn --config');
  assertRecalled(await watch(() => look(lab, 'node-a', `kill -KILL ${openvpn}`)));
});

test('a restart of the server alone calls nobody: OpenVPN and its clients did not notice', async () => {
  const { lab } = connected;
  const [server] = await pidsOf(lab, 'node-a', 'server-main.ts');
  const figures = await watch(() => look(lab, 'node-a', `kill -KILL ${server}`));
  assert.equal(figures.recalls, 0);
  assert.ok(figures.gapMs < 1_000);
  await settled(lab, 'node-a', true);
});

test('a shared IPv6 address comes to a pair that serves, and a client connects there', async () => {
  const { lab } = connected;
  await giveIpv6(lab);
  const applied = await tandem(lab, 'node-a', ['failover', 'apply', '--address6', shared6]);
  assert.equal((applied as { state: string }).state, 'done');
  await settled(lab, 'node-a', true);
  const { password } = await addUser(lab, 'node-a', 'bob');
  const profile = (await profileOf(lab, 'node-a', 'bob')).replace(
    /^remote .*$/m,
    'remote 2001:db8::100 1194 udp6',
  );
  const client = await VpnClient.connect(lab, 'client-2', { user: 'bob', password, profile });
  const tunnel = new PingProbe(lab, 'client-2', pair.office, 10);
  over6 = { client, tunnel, recalls: await countRecalls(lab, 'client-2') };
  await until(() => tunnel.answersWithin(500) > 5, 20_000, 'answers through the tunnel over IPv6');
  const { sessions } = (await tandem(lab, 'node-a', ['session', 'list'])) as {
    sessions: { user: string; realAddress: string }[];
  };
  assert.equal(sessions.find(({ user }) => user === 'bob')?.realAddress, '2001:db8:1::12');
});

test('the other node still knows the version of a client whose server was restarted, and calls it; over IPv6 as well', async () => {
  const { lab } = connected;
  const startMs = Date.now();
  assertRecalled(await watch(() => lab.powerOff('node-a')));

  const { client, tunnel, recalls: called } = over6 ?? assert.fail('nobody is connected over IPv6');
  await until(() => tunnel.answersWithin(500) > 20, 20_000, 'the tunnel over IPv6 to work again');
  assert.deepEqual([await called(), client.connected, client.passwordQuestions], [1, true, 1]);
  assert.ok(tunnel.longestGapMs(startMs) < boundMs, `away for ${tunnel.longestGapMs(startMs)} ms`);
});
