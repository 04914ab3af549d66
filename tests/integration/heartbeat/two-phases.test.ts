import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { describe, it } from 'node:test';
import { type Host, Network, until } from '../network.ts';
import { assertOneOwner, HeartbeatNode, type Status } from './node.ts';

const BOUND_MS = 15_000;
const hosts = { 'node-a': '10.99.0.1/24', 'node-b': '10.99.0.2/24', client: '10.99.0.50/24' };
const KEPT = '10.99.0.100/24';
const OLD = '10.99.0.101/24';
const NEW = '10.99.0.102/24';
const first = { id: 1, key: `hex:${'01'.repeat(32)}` };
const second = { id: 2, key: `hex:${'02'.repeat(32)}` };

const change = {
  vhid: 77,
  advertisementIntervalMs: 200,
  virtualAddresses: [KEPT, NEW],
  authentication: { keys: [first, second], activeKey: 2, mode: 'enforce' },
};

async function pair(lan: Network): Promise<{ a: HeartbeatNode; b: HeartbeatNode }> {
  const both = {
    pair: true,
    virtualAddresses: [KEPT, OLD],
    authentication: { keys: [first], activeKey: 1, mode: 'enforce' },
  };
  const unicast = (peer: string): object => ({ paths: [{ multicast: true }, { unicast: peer }] });
  const a = new HeartbeatNode(lan, 'node-a', { ...both, ...unicast('10.99.0.2') });
  await a.start();
  await a.until('active', BOUND_MS);
  const b = new HeartbeatNode(lan, 'node-b', { ...both, ...unicast('10.99.0.1'), priority: 90 });
  await b.start();
  await until(async () => (await b.status()).peers.length > 0, BOUND_MS, 'node-b hears node-a');
  return { a, b };
}

async function told(node: HeartbeatNode, request: object): Promise<void> {
  assert.deepEqual(await node.ask(request), { ok: true });
}

function isComplete({ vhid, change: underWay }: Status & { change: unknown }): boolean {
  return vhid === 77 && underWay === null;
}

/** Pings an address all the time, and counts what stayed without an answer. */
class Pinging {
  readonly #process: ChildProcess;
  #text = '';

  constructor(host: Host, address: string) {
    this.#process = host.start('ping', '-i', '0.01', '-W', '1', address);
    this.#process.stdout?.on('data', (chunk: Buffer) => {
      this.#text += chunk.toString();
    });
  }

  async lost(): Promise<number> {
    const exited = new Promise<void>((resolve) => this.#process.once('close', () => resolve()));
    this.#process.kill('SIGINT');
    await exited;
    const [, sent, received] = /(\d+) packets transmitted, (\d+) received/.exec(this.#text) ?? [];
    assert.ok(Number(sent) > 50, this.#text.slice(-300));
    // The last one may be under way.
    return Number(sent) - Number(received) - 1;
  }
}

describe('a change that both nodes take in two phases', { concurrency: 2 }, () => {
  it('VHID, interval, key and an address change without a gap and without a second owner', async () => {
    await using lan = await Network.create(hosts);
    const { a, b } = await pair(lan);
    await lan.host('client').run('ping', '-c1', '-W2', '10.99.0.100');
    const pinging = new Pinging(lan.host('client'), '10.99.0.100');
    for (const node of [b, a]) await told(node, { command: 'prepare', change });
    assert.match(
      (await a.status()).sentence,
      /A change of vhid, .* is prepared; without a commit it is undone/,
    );
    assert.deepEqual(
      (await a.host.addresses()).filter((address) => /\.10\d\//.test(address)),
      [KEPT, OLD, NEW],
      'both are held meanwhile',
    );
    await assertOneOwner(a.host, b.host);
    for (const node of [b, a]) await told(node, { command: 'commit', keepOldMs: 1000 });
    await assertOneOwner(a.host, b.host);
    for (const node of [a, b])
      await until(
        async () => isComplete((await node.status()) as Status & { change: unknown }),
        BOUND_MS,
        'the change is complete',
      );
    await assertOneOwner(a.host, b.host);
    assert.ok((await pinging.lost()) <= 0, 'every ping was answered');
    assert.deepEqual(
      (await a.host.addresses()).filter((address) => /\.10\d\//.test(address)),
      [KEPT, NEW],
    );
    for (const node of [a, b]) {
      const { counters, warnings } = await node.status();
      assert.deepEqual([counters['intervalMismatches'], counters['addressMismatches'], warnings], [0, 0, []]);
      assert.equal(counters['becameActive'], node === a ? 1 : 0);
    }
    await a.losePower();
    await b.until('active', BOUND_MS);
    assert.ok(await b.host.holds(NEW));
  });

  it('a rollback, by command or by the time limit, leaves everything as it was', async () => {
    await using lan = await Network.create(hosts);
    const { a, b } = await pair(lan);
    for (const node of [b, a]) await told(node, { command: 'prepare', change });
    for (const node of [b, a]) await told(node, { command: 'rollback' });
    assert.equal(await a.host.holds(NEW), false);
    for (const node of [b, a]) await told(node, { command: 'prepare', change, timeoutMs: 500 });
    for (const node of [b, a])
      await until(
        async () => ((await node.status()) as Status & { change: unknown }).change === null,
        BOUND_MS,
        'the time limit ends it',
      );
    const status = await a.status();
    assert.deepEqual([status.vhid, status.virtualAddresses.map(({ address }) => address)], [51, [KEPT, OLD]]);
    assert.equal((await b.status()).counters['becameActive'], 0);
    await assertOneOwner(a.host, b.host);
  });

  it('a standby with a commit follows the active one that has none', async () => {
    await using lan = await Network.create(hosts);
    const { a, b } = await pair(lan);
    for (const node of [b, a]) await told(node, { command: 'prepare', change, timeoutMs: 1500 });
    await until(
      async () => {
        const { change: underWay } = (await b.status()) as Status & { change: { heardNewMs: number | null } };
        return underWay.heardNewMs !== null;
      },
      BOUND_MS,
      'node-b hears the new form',
    );
    await told(b, { command: 'commit', keepOldMs: 600_000 });
    for (const node of [a, b])
      await until(
        async () => ((await node.status()) as Status & { change: unknown }).change === null,
        BOUND_MS,
        'it is undone',
      );
    assert.equal((await b.status()).vhid, 51);
    await assertOneOwner(a.host, b.host);
    assert.equal((await b.status()).counters['becameActive'], 0);
  });

  it('the active node dies in the middle: the other serves, and the dead one comes back as standby', async () => {
    await using lan = await Network.create(hosts);
    const { a, b } = await pair(lan);
    for (const node of [b, a]) await told(node, { command: 'prepare', change });
    await told(b, { command: 'commit', keepOldMs: 600_000 });
    await a.losePower();
    await b.until('active', BOUND_MS);
    assert.equal((await b.status()).vhid, 77);
    // It knows nothing of the change; the other one still speaks what was before.
    await lan.mend('node-a');
    await a.start();
    await until(async () => (await a.status()).peers.length > 0, BOUND_MS, 'node-a hears node-b');
    await assertOneOwner(b.host, a.host);
    assert.equal((await a.status()).vhid, 51);
    for (const request of [{ command: 'prepare', change }, { command: 'commit' }]) await told(a, request);
    await assertOneOwner(b.host, a.host);
  });

  it('what cannot change so is refused, and nothing is changed', async () => {
    await using lan = await Network.create(hosts);
    const a = new HeartbeatNode(lan, 'node-a', { pair: true });
    await a.start();
    const refusals: [object, RegExp][] = [
      [{ command: 'prepare', change: { interface: 'eth1' } }, /interface cannot be changed in two phases/],
      [{ command: 'prepare', change: { vhid: 256 } }, /field "vhid" must be a whole number/],
      [{ command: 'prepare', change: {} }, /changes nothing/],
      [{ command: 'prepare', change: { virtualAddresses: ['10.98.0.1/24'] } }, /in no network of eth0/],
      [{ command: 'commit' }, /nothing is prepared/],
      [{ command: 'rollback' }, /nothing is prepared/],
    ];
    for (const [request, reason] of refusals) {
      const answer = (await a.ask(request)) as { ok: boolean; error: { message: string } };
      assert.equal(answer.ok, false);
      assert.match(answer.error.message, reason);
    }
    await told(a, { command: 'prepare', change: { vhid: 52 } });
    const twice = (await a.ask({ command: 'prepare', change: { vhid: 53 } })) as {
      error: { message: string };
    };
    assert.match(twice.error.message, /under way already/);
  });
});
