import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { standsBy, statusOf, tandem } from '../../../lab/demo/node-commands.ts';
import { PingProbe } from '../../../lab/demo/ping-probe.ts';
import { addUser, pair, profileOf, setUpPair } from '../../../lab/demo/set-up.ts';
import { until } from '../../../lab/demo/until.ts';
import { VpnClient } from '../../../lab/demo/vpn-client.ts';
import { Lab } from '../../../lab/lab.ts';

interface Session {
  readonly user: string;
  readonly process: string;
  readonly vpnAddress: string;
  readonly clientPlatform: string | null;
}
interface Sessions {
  readonly from: 'here' | 'peer';
  readonly sessions: readonly Session[];
}
interface Change {
  readonly applied: boolean;
  readonly consequences: readonly { readonly type: string; readonly process: string | null }[];
}

let lab: Lab;

before(async () => {
  lab = await Lab.up({ clients: 4, stateDir: `/var/lib/tandem-test-settings-${process.pid}` });
  await setUpPair(lab, () => undefined);
});
after(() => lab?.down());

async function settings(words: readonly string[]): Promise<Change> {
  return (await tandem(lab, 'node-a', ['settings', 'set', ...words])) as Change;
}

async function sessionsOn(node: 'node-a' | 'node-b'): Promise<Sessions> {
  return (await tandem(lab, node, ['session', 'list'])) as Sessions;
}

async function reaches(host: string): Promise<boolean> {
  return (await lab.exec(host, ['ping', '-c1', '-W2', pair.office], { timeoutMs: 10_000 })).code === 0;
}

async function refused(words: readonly string[], says: RegExp): Promise<void> {
  const result = await lab.exec('node-a', ['tandem', ...words], { timeoutMs: 30_000 });
  assert.equal(result.code, 65, result.stderr);
  assert.match(result.stderr, says);
}

test('TCP beside UDP, what may be reached and a directive that cannot be: with real clients, and after a takeover', async () => {
  // Said beforehand, and nothing done.
  const looked = await settings(['tcp.enabled=yes', '--dry-run']);
  assert.equal(looked.applied, false);
  assert.deepEqual(looked.consequences[0], { ...looked.consequences[0], type: 'start', process: 'tcp' });
  const udpPid = (await statusOf(lab, 'node-a'))?.openvpn[0]?.pid;
  assert.equal((await settings(['tcp.enabled=yes'])).applied, true);
  for (const node of ['node-a', 'node-b'] as const) {
    await until(
      async () => (await statusOf(lab, node))?.openvpn.every((one) => one.pid !== null) ?? false,
      30_000,
      `both servers on ${node}`,
    );
    assert.equal((await statusOf(lab, node))?.openvpn.length, 2);
  }
  // A new DNS server restarts no process either.
  await settings(['dns=10.99.0.50']);
  assert.equal((await statusOf(lab, 'node-a'))?.openvpn[0]?.pid, udpPid);

  const people = [];
  for (const user of ['alice', 'bob']) {
    const { password } = await addUser(lab, 'node-a', user);
    people.push({ user, password, profile: await profileOf(lab, 'node-a', user) });
  }
  const [alice, bob] = people;
  assert.ok(alice !== undefined && bob !== undefined);
  const overTcp = { ...bob, profile: bob.profile.replace(/^remote .* udp$/m, '') };
  assert.match(overTcp.profile, /^remote 203\.0\.113\.1 443 tcp-client$/m);
  const udp = await VpnClient.connect(lab, 'client-1', alice);
  const tcp = await VpnClient.connect(lab, 'client-2', overTcp);
  const [udpAddress, tcpAddress] = [udp.address, tcp.address];
  await until(() => reaches('client-1'), 20_000, 'the office from UDP');
  await until(() => reaches('client-2'), 20_000, 'the office from TCP');

  // Live, and on the standby without waiting for anybody.
  const here = await sessionsOn('node-a');
  assert.deepEqual([here.from, here.sessions.length], ['here', 2]);
  await until(
    async () => (await sessionsOn('node-b')).sessions.length === 2,
    10_000,
    'the sessions on node-b',
  );
  const there = await sessionsOn('node-b');
  assert.equal(there.from, 'peer');
  assert.deepEqual(
    new Set(
      there.sessions.map((one) => `${one.user} ${one.process} ${one.vpnAddress} ${one.clientPlatform}`),
    ),
    new Set([`alice udp ${udpAddress} linux`, `bob tcp ${tcpAddress} linux`]),
  );

  // Bob's group may reach the web server of the office alone.
  await tandem(lab, 'node-a', ['group', 'add', 'guests']);
  await tandem(lab, 'node-a', ['group', 'set', 'guests', '--access', `${pair.office} tcp 80`]);
  await tandem(lab, 'node-a', ['user', 'set', 'bob', '--group', 'guests']);
  await until(async () => !(await reaches('client-2')), 10_000, 'the office closed to bob');
  assert.equal(await reaches('client-1'), true);

  await refused(['settings', 'set', 'directives.server=frobnicate 7'], /Line 1.*frobnicate/);
  await refused(
    ['settings', 'set', 'directives.server=tls-version-min 9'],
    /OpenVPN says: .*tls-version-min/,
  );
  await refused(['settings', 'set', 'network=10.8.0.1/20'], /network: must be a network/);
  assert.equal(udp.connected && tcp.connected, true);

  await lab.powerOff('node-a');
  await until(async () => (await statusOf(lab, 'node-b'))?.role === 'active', 20_000, 'node-b to serve');
  await until(async () => (await sessionsOn('node-b')).sessions.length === 2, 60_000, 'both to be back');
  assert.deepEqual([udp.address, tcp.address], [udpAddress, tcpAddress]);
  assert.deepEqual([udp.passwordQuestions, tcp.passwordQuestions], [1, 1]);
  await until(() => reaches('client-1'), 20_000, 'the office from UDP again');
  assert.equal(await reaches('client-2'), false, 'what bob may not reach he may not reach after a takeover');
  await tandem(lab, 'node-b', ['user', 'set', 'bob', '--access', 'everything']);
  await until(() => reaches('client-2'), 20_000, 'the office from TCP again');

  // A process that hangs is as bad as dead.
  const hung = (await statusOf(lab, 'node-b'))?.openvpn[1]?.pid;
  await lab.exec('node-b', ['kill', '-STOP', String(hung)]);
  await until(
    async () => {
      const pid = (await statusOf(lab, 'node-b'))?.openvpn[1]?.pid;
      return pid != null && pid !== hung;
    },
    40_000,
    'the hanging server replaced',
  );
  await until(async () => (await sessionsOn('node-b')).sessions.length === 2, 60_000, 'bob to be back');

  // New certificates: the servers restart once and their clients come back; a profile given out before goes on.
  const old = (await statusOf(lab, 'node-b'))?.openvpn[0]?.pid;
  await tandem(lab, 'node-b', ['certificate', 'renew', '--servers']);
  await until(
    async () => {
      const pid = (await statusOf(lab, 'node-b'))?.openvpn[0]?.pid;
      return pid != null && pid !== old;
    },
    30_000,
    'servers with the new certificate',
  );
  const anew = (await tandem(lab, 'node-b', ['certificate', 'renew', 'bob'])) as { profile: string };
  assert.notEqual(anew.profile, bob.profile);
  await until(async () => (await sessionsOn('node-b')).sessions.length === 2, 60_000, 'both to be back');
  assert.deepEqual([udp.passwordQuestions, tcp.passwordQuestions], [1, 1]);

  const ended = (await tandem(lab, 'node-b', ['session', 'disconnect', 'alice'])) as { disconnected: number };
  assert.equal(ended.disconnected, 1);
  await until(() => !udp.connected, 10_000, 'the end of alice');
  await Promise.all([udp.disconnect(), tcp.disconnect()]);
});

test('a profile for every user, several processes and pages on port 443: all of it moves with the address', async () => {
  await lab.powerOn('node-a');
  const isProtected = async (): Promise<boolean> =>
    (await statusOf(lab, 'node-b'))?.protected === true && standsBy(await statusOf(lab, 'node-a'));
  await until(isProtected, 60_000, 'node-a to follow');
  await tandem(lab, 'node-b', [
    ...['settings', 'set', 'udp.processes=2', 'generic.enabled=yes', 'generic.port=1197'],
    'tcp.shareWith=pages',
  ]);
  for (const node of ['node-a', 'node-b'] as const)
    await until(
      async () => {
        const running = (await statusOf(lab, node))?.openvpn ?? [];
        return running.length === 4 && running.every(({ pid }) => pid !== null);
      },
      30_000,
      `four servers on ${node}`,
    );

  // Two users with one and the same profile, and one with each of the two processes.
  const { profile: generic } = (await tandem(lab, 'node-b', ['profile', 'get', '--generic'])) as {
    profile: string;
  };
  assert.equal(generic.match(/^remote .*$/gm)?.join(), 'remote 203.0.113.1 1197 udp');
  const people = await Promise.all(
    (['erin', 'frank', 'carol', 'dave'] as const).map(async (user, index) => {
      const { password } = await addUser(lab, 'node-b', user);
      const own = index < 2 ? generic : await profileOf(lab, 'node-b', user);
      // Of its list the line of one process.
      const profile = index < 2 ? own : onlyPort(own, 1192 + index);
      const host = `client-${index + 1}`;
      const client = await VpnClient.connect(lab, host, { user, password, profile });
      return { user, host, client, tunnel: new PingProbe(lab, host, pair.office, 50) };
    }),
  );
  const [erin, frank] = people;
  assert.ok(erin !== undefined && frank !== undefined);
  const answering = async (what: string, some = people): Promise<void> =>
    until(() => some.every(({ tunnel }) => tunnel.answersWithin(500) > 4), 20_000, what);
  await answering('every tunnel');
  const addresses = people.map(({ client }) => client.address);
  assert.equal(new Set(addresses).size, 4);
  const { sessions } = await sessionsOn('node-b');
  assert.deepEqual(sessions.map(({ user, process }) => `${user} ${process}`).toSorted(), [
    'carol udp',
    'dave udp-2',
    'erin udp-any',
    'frank udp-any',
  ]);
  assert.match(await pageOnPort443(), /<title>Tandem/);

  await until(async () => (await sessionsOn('node-a')).sessions.length === 4, 10_000, 'node-a to know all');
  await lab.powerOff('node-b');
  await until(async () => (await sessionsOn('node-a')).from === 'here', 20_000, 'node-a to serve');
  await answering('every tunnel again');
  assert.deepEqual(
    people.map(({ client }) => [client.address, client.restarts, client.passwordQuestions]),
    addresses.map((address) => [address, 0, 1]),
  );
  await until(async () => /<title>Tandem/.test(await pageOnPort443()), 20_000, 'the page on port 443 again');

  // Who is blocked is out with it as with any other; without the profile everybody is.
  await tandem(lab, 'node-a', ['user', 'block', 'frank']);
  await until(() => !frank.client.connected, 10_000, 'the end of frank');
  await answering('the tunnel of erin', [erin]);
  await tandem(lab, 'node-a', ['profile', 'revoke', '--generic']);
  await until(() => !erin.client.connected, 10_000, 'the end of erin');
  const again = await VpnClient.connect(
    lab,
    'client-1',
    { user: 'erin', password: '-', profile: generic },
    6_000,
  ).catch((error: unknown) => error);
  assert.ok(again instanceof Error, 'nobody comes in with a revoked profile');
  for (const { tunnel } of people) tunnel.stop();
});

function onlyPort(profile: string, port: number): string {
  const kept = profile
    .split('\n')
    .filter((line) => !line.startsWith('remote ') || line.endsWith(` ${port} udp`));
  return kept.join('\n');
}

/** What a browser on the Internet gets at the port that OpenVPN shares. */
async function pageOnPort443(): Promise<string> {
  const { stdout } = await lab.exec('client-4', ['curl', '-skm', '5', 'https://203.0.113.1/']);
  return stdout;
}
