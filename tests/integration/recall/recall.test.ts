import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { InnerConnection } from '../../../lab/demo/inner-connection.ts';
import { tandem } from '../../../lab/demo/node-commands.ts';
import { addUser, pair, profileOf } from '../../../lab/demo/set-up.ts';
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
let over6: VpnClient | undefined;
let recalls: () => Promise<number>;
before(async () => {
  connected = await connectedPair('recall', 2);
  recalls = await countRecalls(connected.lab);
});
after(() => disconnect(connected));

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
  over6 = await VpnClient.connect(lab, 'client-2', { user: 'bob', password, profile });
  assert.ok(over6.connected);
  const { sessions } = (await tandem(lab, 'node-a', ['session', 'list'])) as {
    sessions: { user: string; realAddress: string }[];
  };
  assert.equal(sessions.find(({ user }) => user === 'bob')?.realAddress, '2001:db8:1::12');
});

test('the other node still knows the version of a client whose server was restarted, and calls it', async () => {
  const { lab } = connected;
  assertRecalled(await watch(() => lab.powerOff('node-a')));
});
