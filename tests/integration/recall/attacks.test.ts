import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, type TestContext, test } from 'node:test';
import { until } from '../../../lab/demo/until.ts';
import { look, pidsOf } from '../pair/pair-lab.ts';
import { type Forgery, forgerWords } from './forger.ts';
import { type Connected, connectedPair, disconnect } from './recall-lab.ts';
import { changeAddress, localPort } from './roaming.ts';

/** What clients connect to, on the router that passes it on to the virtual address. */
const server = { address: '203.0.113.1', port: 1_194 };
const attacker = 'client-2';

let connected: Connected;
before(async () => {
  connected = await connectedPair('attacks', 2);
});
after(() => disconnect(connected));

async function inHost(host: string, line: string): Promise<string> {
  const { stdout } = await connected.lab.exec(host, ['bash', '-c', line], { timeoutMs: 40_000 });
  return stdout.trim();
}

async function attack(forgery: Forgery): Promise<void> {
  const { code, stderr } = await connected.lab.exec(attacker, forgerWords(forgery), { timeoutMs: 60_000 });
  assert.equal(code, 0, stderr);
}

/** Where the client's socket is. */
async function clientEndpoint(address: string): Promise<{ address: string; port: number }> {
  return { address, port: await localPort(connected.lab) };
}

async function steady(): Promise<void> {
  await until(() => connected.tunnel.answersWithin(500) > 30, 20_000, 'a steady tunnel');
}

const perSecond = 5_000;
const spanSeconds = 4;

/** Payloads that look like data to whoever has no keys. */
const junk = Array.from({ length: 8 }, () =>
  Buffer.concat([Buffer.from([0x30]), randomBytes(120)]).toString('hex'),
);

test('forged calls: a client takes none of them', async () => {
  const { tunnel, client } = connected;
  await steady();
  const startMs = Date.now();
  const payloads = Array.from({ length: 8 }, () =>
    Buffer.concat([Buffer.from([0x40]), randomBytes(59)]).toString('hex'),
  );
  await attack({
    from: server,
    to: await clientEndpoint('203.0.113.11'),
    payloads,
    count: 500,
    perSecond: 500,
  });
  await steady();
  assert.ok(tunnel.longestGapMs(startMs) < 1_000, `${tunnel.longestGapMs(startMs)} ms`);
  assert.equal(client.connections, 1);
});

test('a call that was recorded and is sent again: seconds instead of half a minute, and no login', async (context) => {
  const { lab, tunnel, client } = connected;
  const questions = client.passwordQuestions;
  const recording = inHost(
    'client-1',
    `timeout 20 tcpdump -i eth0 -c 1 -x -n 'udp src port 1194 and udp[8] = 0x40 and udp[4:2] = 68' 2>/dev/null`,
  );
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  await changeAddress(lab, 61);
  const dump = (await recording).split('\n').slice(1);
  const bytes = dump.map((line) => line.replace(/^\s*0x[0-9a-f]+:\s*/, '').replaceAll(' ', '')).join('');
  // Behind 20 bytes of IP and 8 of UDP.
  const call = bytes.slice(56, 56 + 120);
  assert.equal(call.length, 120, 'a recorded call');
  await steady();
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  const { connections } = client;
  const startMs = Date.now();
  await attack({
    from: server,
    to: await clientEndpoint('203.0.113.61'),
    payloads: [call],
    count: 1,
    perSecond: 100,
  });
  await until(() => client.connections > connections, 30_000, 'the client to be sent to connect anew');
  await steady();
  const gapMs = tunnel.longestGapMs(startMs);
  context.diagnostic(`the client was away for ${Math.round(gapMs)} ms`);
  assert.ok(gapMs < 10_000, `${gapMs} ms`);
  assert.equal(client.passwordQuestions, questions);
});

/** Seconds of processor that the node's own processes have used: supervisor and server. */
async function cpuSeconds(): Promise<number> {
  const pids = [
    ...(await pidsOf(connected.lab, 'node-a', 'server-main.ts')),
    ...(await pidsOf(connected.lab, 'node-a', 'cli/main.ts run')),
  ];
  const ticks = await look(
    connected.lab,
    'node-a',
    `cat ${pids.map((pid) => `/proc/${pid}/stat`).join(' ')}`,
  );
  return ticks
    .split('\n')
    .map((line) => line.slice(line.lastIndexOf(')')).split(' '))
    .reduce((sum, fields) => sum + (Number(fields[12]) + Number(fields[13])) / 100, 0);
}

async function flooded(context: TestContext, from: Forgery['from'], what: string): Promise<void> {
  const { tunnel } = connected;
  await steady();
  const before = await cpuSeconds();
  const startMs = Date.now();
  await attack({ from, to: server, payloads: junk, count: perSecond * spanSeconds, perSecond });
  const share = (await cpuSeconds()) - before;
  const tookSeconds = (Date.now() - startMs) / 1_000;
  await steady();
  const gapMs = tunnel.longestGapMs(startMs);
  context.diagnostic(
    `${what}: ${perSecond} packets a second cost ${Math.round((100 * share) / tookSeconds)} % of a processor; longest gap of a client ${Math.round(gapMs)} ms`,
  );
  assert.ok(share / tookSeconds < 0.5, `${share} s of processor in ${tookSeconds} s`);
  assert.ok(gapMs < 1_000, `${gapMs} ms`);
}

test('a flood of data from everywhere: other clients do not notice, and the work stays bounded', async (context) => {
  await flooded(context, {}, 'from everywhere');
});

test('a flood from one address: it never gets more than it sent', async (context) => {
  const rules = `table inet count {
  chain input {
    type filter hook input priority 0
    udp sport 1194 counter
  }
}
`;
  const made = await connected.lab.exec(attacker, ['nft', '-f', '-'], { input: rules });
  assert.equal(made.code, 0, made.stderr);
  await flooded(context, { address: '203.0.113.12' }, 'from one address');
  const counted = await inHost(attacker, 'nft list table inet count');
  const answered = Number(/counter packets \d+ bytes (\d+)/.exec(counted)?.[1]);
  const asked = perSecond * spanSeconds * (121 + 28);
  context.diagnostic(`${asked} bytes asked, ${answered} answered`);
  assert.ok(answered < asked / 100, `${answered} bytes for ${asked}`);
});
