import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Network, until } from '../network.ts';
import { assertOneOwner, HeartbeatNode, VIRTUAL } from './node.ts';

const BOUND_MS = 15_000;
const sender = fileURLToPath(new URL('./send-packet.ts', import.meta.url));
const tandem = fileURLToPath(new URL('../../../bin/tandem', import.meta.url));

const hosts = { 'node-a': '10.99.0.1/24', stranger: '10.99.0.66/24' };

async function failure(
  network: Network,
  host: string,
  ...words: readonly string[]
): Promise<{ code: number; stderr: string }> {
  try {
    await network.host(host).run(tandem, 'heartbeat', ...words);
  } catch (error) {
    return error as { code: number; stderr: string };
  }
  return assert.fail('it did not fail');
}

describe('what must not shake a heartbeat', { concurrency: 2 }, () => {
  it('forged and truncated packets are dropped and counted by reason', async () => {
    await using lan = await Network.create(hosts);
    const node = new HeartbeatNode(lan, 'node-a', { virtualAddresses: ['10.99.0.100/24'] });
    await node.start();
    await node.until('active', BOUND_MS);
    const packets: [string, string, string][] = [
      ['ttl', '64', '3133ff01000ab9730a630064'],
      ['truncated', '255', '3133ff'],
      ['truncated', '255', '3133ff05000ab8730a630064'],
      ['version', '255', '2133ff010001c97c0a630064'],
      ['type', '255', '3233ff01000ab8730a630064'],
      ['checksum', '255', '3133ff01000a12340a630064'],
      ['checksum', '255', '3133ff0100000000ffffffff'],
    ];
    const stranger = lan.host('stranger');
    await Promise.all(
      packets.map(([, ttl, hex]) => stranger.run(process.execPath, sender, '10.99.0.66', ttl, hex)),
    );
    const expected = { ttl: 1, truncated: 2, version: 1, type: 1, checksum: 2 };
    await until(
      async () =>
        Object.values((await node.status()).counters.dropped).reduce((sum, value) => sum + value, 0) ===
        packets.length,
      BOUND_MS,
      'all packets are counted',
    );
    const { state, counters, peers } = await node.status();
    assert.deepEqual(counters.dropped, expected);
    assert.deepEqual([state, peers, counters['becameActive']], ['active', [], 1]);
  });

  it('an address removed by hand is put back and counted', async () => {
    await using lan = await Network.create(hosts);
    const node = new HeartbeatNode(lan, 'node-a');
    await node.start();
    await node.until('active', BOUND_MS);
    await node.host.run('ip', 'address', 'del', VIRTUAL, 'dev', 'eth0');
    await until(
      async () => (await node.status()).counters['addressesPutBack'] === 1,
      BOUND_MS,
      'it was put back',
    );
    await assertOneOwner(node.host, lan.host('stranger'));
  });

  it('a new configuration is taken without a gap, a bad one not at all', async () => {
    await using lan = await Network.create(hosts);
    const node = new HeartbeatNode(lan, 'node-a');
    const child = await node.start();
    await node.until('active', BOUND_MS);
    node.configure({ priority: 150, virtualAddresses: [VIRTUAL, '10.99.0.101/24'] });
    child.kill('SIGHUP');
    await until(() => node.host.holds('10.99.0.101/24'), BOUND_MS, 'the second address is there');
    assert.equal((await node.status()).priority, 150);

    node.configure({ priority: 999 });
    child.kill('SIGHUP');
    await until(() => node.log.includes('reload-refused'), BOUND_MS, 'the bad value is refused');
    assert.match(node.log, /field \\"priority\\" must be a whole number from 1 to 255 \(is 999\)/);
    const { priority, state, counters } = await node.status();
    assert.deepEqual([priority, state, counters['becameActive']], [150, 'active', 1]);
  });

  it('nonsense on the control socket is answered or cut off', async () => {
    await using lan = await Network.create(hosts);
    const node = new HeartbeatNode(lan, 'node-a');
    await node.start();
    for (const request of [
      { command: 'frobnicate' },
      { command: 'resign', timeoutMs: -1 },
      'x',
      { command: 'status', extra: 1 },
    ]) {
      const answer = (await node.ask(request)) as { error?: { code: string; message: string } };
      assert.equal(answer.error?.code, 'heartbeat.control.bad-request');
    }
    const flood = connect(node.socket);
    flood.on('error', () => undefined);
    const closed = new Promise((resolve) => flood.once('close', resolve));
    flood.write('x'.repeat(200_000));
    await closed;
    assert.equal((await node.status()).state.length > 0, true);
  });

  it('subscribers hear of changes as they happen', async () => {
    await using lan = await Network.create(hosts);
    const node = new HeartbeatNode(lan, 'node-a', { startDelayMs: 1000 });
    await node.start();
    const socket = connect(node.socket);
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.write('{"command":"subscribe"}\n');
    await until(() => text.split('\n').length > 3, BOUND_MS, 'status and two changes');
    socket.destroy();
    const [status, first, second] = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.equal(status.state, 'init');
    assert.deepEqual([first.event, first.from, first.to], ['transition', 'init', 'standby']);
    assert.deepEqual(
      [second.event, second.from, second.to, second.cause],
      ['transition', 'standby', 'active', 'silence'],
    );
  });
});

describe('what stops a start: one line, the right exit code, nothing left behind', { concurrency: 2 }, () => {
  it('an interface, address or network that does not fit', async () => {
    await using lan = await Network.create(hosts);
    const node = new HeartbeatNode(lan, 'node-a');
    const cases: [object, number, RegExp][] = [
      [
        { interface: 'eth9' },
        78,
        /there is no interface eth9 on this machine; see which interfaces exist: ip -brief link/,
      ],
      [
        { interface: 'eth0', virtualAddresses: ['10.98.0.1/24'] },
        78,
        /10\.98\.0\.1\/24 is in no network of eth0 \(10\.99\.0\.1\/24\)/,
      ],
      [
        { virtualAddresses: [VIRTUAL], controlSocket: '/nowhere/heartbeat.sock' },
        73,
        /cannot listen on the control socket \/nowhere/,
      ],
      [{ controlSocket: node.configFile }, 73, /exists and is not a socket/],
    ];
    for (const [change, code, text] of cases) {
      node.configure({ ...change });
      const failed = await failure(lan, 'node-a', 'run', '--config', node.configFile);
      assert.equal(failed.code, code, failed.stderr);
      assert.match(failed.stderr, text);
      assert.equal(failed.stderr.trim().split('\n').length, 1);
    }
    assert.deepEqual(
      (await node.host.addresses()).filter((address) => address.startsWith('10.')),
      ['10.99.0.1/24'],
    );
    assert.deepEqual(readdirSync(lan.directory), ['node-a.json']);
  });

  it('an address that somebody configured for good is not touched', async () => {
    await using lan = await Network.create(hosts);
    const node = new HeartbeatNode(lan, 'node-a');
    node.configure({});
    await node.host.run('ip', 'address', 'add', VIRTUAL, 'dev', 'eth0');
    const failed = await failure(lan, 'node-a', 'run', '--config', node.configFile);
    assert.equal(failed.code, 73);
    assert.match(failed.stderr, /10\.99\.0\.100\/24 is on eth0 already, and not as a virtual address/);
    assert.ok(await node.host.holds(VIRTUAL));
  });

  it('a heartbeat that runs already', async () => {
    await using lan = await Network.create(hosts);
    const node = new HeartbeatNode(lan, 'node-a');
    await node.start();
    await node.until('active', BOUND_MS);
    const same = await failure(lan, 'node-a', 'run', '--config', node.configFile);
    assert.equal(same.code, 73);
    assert.match(same.stderr, /another heartbeat runs for VHID 51 on eth0/);
    node.configure({ vhid: 52, virtualAddresses: ['10.99.0.101/24'] });
    const socket = await failure(lan, 'node-a', 'run', '--config', node.configFile);
    assert.equal(socket.code, 73);
    assert.match(socket.stderr, /another heartbeat is running on the control socket/);
    assert.equal((await node.status()).state, 'active');
  });

  it('no permission', async () => {
    await using lan = await Network.create(hosts);
    const node = new HeartbeatNode(lan, 'node-a');
    node.configure({});
    const words = [
      '--bounding-set=-net_raw,-net_admin',
      tandem,
      'heartbeat',
      'run',
      '--config',
      node.configFile,
    ];
    const failed = await lan
      .host('node-a')
      .run('setpriv', ...words)
      .catch((error: unknown) => error as { code: number; stderr: string });
    assert.ok(typeof failed === 'object');
    assert.equal(failed.code, 77, failed.stderr);
    assert.match(failed.stderr, /operation not permitted.*; run as root/);
  });
});
