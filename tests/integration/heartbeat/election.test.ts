import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Network, until } from '../network.ts';
import { assertOneOwner, HeartbeatNode } from './node.ts';
import { connect, isolate } from './wires.ts';

const BOUND_MS = 15_000;
const hosts = { 'node-a': '10.99.0.1/24', 'node-b': '10.99.0.2/24', gateway: '10.99.0.254/24' };

async function pair(lan: Network, both: object = {}): Promise<{ a: HeartbeatNode; b: HeartbeatNode }> {
  const a = new HeartbeatNode(lan, 'node-a', { pair: true, ...both });
  await a.start();
  await a.until('active', BOUND_MS);
  const b = new HeartbeatNode(lan, 'node-b', { pair: true, priority: 90, ...both });
  await b.start();
  await until(async () => (await b.status()).peers.length > 0, BOUND_MS, 'node-b hears node-a');
  return { a, b };
}

const track = { track: { gateway: '10.99.0.254' } };

describe('who may serve, on real networks', { concurrency: 2 }, () => {
  it('an isolated node gives the address up although its link is up, and joins again as standby', async () => {
    await using lan = await Network.create(hosts);
    const { a, b } = await pair(lan, track);
    await until(
      async () => (await a.status()).gateway?.state === 'reachable',
      BOUND_MS,
      'the gateway answers node-a',
    );
    await isolate(a.host);
    await a.until('fault', BOUND_MS);
    await b.until('active', BOUND_MS);
    await assertOneOwner(b.host, a.host);
    const status = await a.status();
    assert.match(status.sentence, /isolated.*the gateway 10\.99\.0\.254 does not answer/);
    assert.deepEqual([status.standing, status.transitions[0]?.cause], ['never', 'ineligible']);
    await connect(a.host);
    await a.until('standby', BOUND_MS);
    await assertOneOwner(b.host, a.host);
  });

  it('an isolated standby does not claim, and one with nothing to track does', async () => {
    await using lan = await Network.create(hosts);
    const { a, b } = await pair(lan, track);
    // A gateway that never answered yet is no sign of isolation.
    await until(
      async () => (await b.status()).gateway?.state === 'reachable',
      BOUND_MS,
      'the gateway answers node-b',
    );
    await isolate(b.host);
    await b.until('fault', BOUND_MS);
    await assertOneOwner(a.host, b.host);
    assert.equal((await b.status()).counters['becameActive'], 0);
    b.configure({ track: {} });
    b.child?.kill('SIGHUP');
    await b.until('active', BOUND_MS);
  });

  it('a tracked interface without a link is a reason not to serve', async () => {
    await using lan = await Network.create(hosts);
    const { a, b } = await pair(lan);
    a.configure({ track: { interfaces: ['inside'] } });
    a.child?.kill('SIGHUP');
    await b.until('active', BOUND_MS);
    await a.until('fault', BOUND_MS);
    assert.match((await a.status()).sentence, /inside has no link/);
    await a.host.run('ip', 'link', 'add', 'inside', 'type', 'veth', 'peer', 'name', 'outside');
    await a.host.run('ip', 'link', 'set', 'outside', 'up');
    await a.host.run('ip', 'link', 'set', 'inside', 'up');
    await a.until('standby', BOUND_MS);
  });

  it('a broken service leaves at once when another node can serve, and stays when it is alone', async () => {
    await using lan = await Network.create(hosts);
    const { a, b } = await pair(lan);
    const broken = { command: 'report', healthy: false, reason: 'disk full', ttlMs: 600_000 };
    await a.ask({ command: 'report', healthy: true });
    assert.equal((await a.status()).state, 'active');
    await a.ask(broken);
    await b.until('active', BOUND_MS);
    const left = await a.status();
    assert.deepEqual([left.state, left.effectivePriority.value], ['standby', 1]);
    assert.match(left.effectivePriority.reasons.join(), /the service is broken: disk full/);
    await assertOneOwner(b.host, a.host);

    await b.losePower();
    await a.until('active', BOUND_MS);
    await assertOneOwner(a.host, b.host);
    assert.match((await a.status()).sentence, /serves although the service is broken: disk full/);
    await a.ask({ command: 'report', healthy: true, ttlMs: 60_000 });
    assert.equal((await a.status()).effectivePriority.value, 100);
  });

  it('a service that stops reporting is broken when its report has run out', async () => {
    await using lan = await Network.create(hosts);
    const { a, b } = await pair(lan);
    await a.ask({ command: 'report', healthy: true, ttlMs: 300 });
    await b.until('active', BOUND_MS);
    assert.match((await a.status()).sentence, /does not report any more/);
  });

  it('maintenance hands over first, takes over only when nobody serves, and is refused when nobody can', async () => {
    await using lan = await Network.create(hosts);
    const { a, b } = await pair(lan);
    assert.deepEqual(await a.ask({ command: 'maintenance', on: true }), { ok: true, successor: '10.99.0.2' });
    await assertOneOwner(b.host, a.host);
    assert.match((await a.status()).sentence, /only if no other node serves: it is in maintenance/);

    await b.losePower();
    await a.until('active', BOUND_MS);
    await a.ask({ command: 'maintenance', on: false });
    const refused = (await a.ask({ command: 'maintenance', on: true })) as {
      ok: boolean;
      error: { code: string };
    };
    assert.deepEqual([refused.ok, refused.error.code], [false, 'heartbeat.resign.nobody-claimed']);
    assert.equal((await a.status()).maintenance, false);
    await a.until('active', BOUND_MS);
  });
});
