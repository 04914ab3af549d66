import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Network, until } from '../network.ts';
import { AddressWatch } from './address-watch.ts';
import { HeartbeatNode } from './node.ts';

const BOUND_MS = 15_000;
const ROUTER = 'fe80::200:5eff:fe00:233/64';
const GLOBAL = '2001:db8::100/64';
const v6 = { virtualAddresses: [ROUTER, GLOBAL], pair: true };

async function network(): Promise<Network> {
  const lan = await Network.create({
    'node-a': '10.99.0.1/24',
    'node-b': '10.99.0.2/24',
    client: '10.99.0.50/24',
  });
  for (const [name, last] of [
    ['node-a', '1'],
    ['node-b', '2'],
    ['client', '50'],
  ] as const) {
    await lan.host(name).run('ip', 'address', 'add', `2001:db8::${last}/64`, 'dev', 'eth0', 'nodad');
    await until(
      async () => !(await lan.host(name).run('ip', '-6', 'address', 'show', 'tentative')).includes('fe80'),
      BOUND_MS,
      `${name} has a link-local address`,
    );
  }
  return lan;
}

describe('IPv6', () => {
  it('two nodes share several addresses; they answer at once, without duplicate detection', async (test) => {
    await using lan = await network();
    const a = new HeartbeatNode(lan, 'node-a', v6);
    await a.start();
    await a.until('active', BOUND_MS);
    const b = new HeartbeatNode(lan, 'node-b', { ...v6, priority: 90 });
    await b.start();
    await until(async () => (await b.status()).peers.length > 0, BOUND_MS, 'node-b hears node-a');
    assert.match((await b.status()).peers[0]?.address ?? '', /^fe80:/);
    assert.deepEqual((await b.status()).counters.dropped, {});
    const client = lan.host('client');
    await client.run('ping', '-c1', '-W2', '2001:db8::100');
    assert.ok(!(await a.host.run('ip', '-6', 'address', 'show', 'tentative')).includes('2001:db8::100'));
    // What the node sends by itself keeps its own address.
    assert.match(await a.host.run('ip', 'route', 'get', '2001:db8::50'), /src 2001:db8::1 /);

    const watch = await AddressWatch.start(b.host, GLOBAL);
    const lostAt = Date.now();
    await a.losePower();
    const gapMs = (await watch.next('added', lostAt, BOUND_MS)) - lostAt;
    test.diagnostic(`address moved after ${gapMs.toFixed(1)} ms`);
    await b.until('active', BOUND_MS);
    await client.run('ping', '-c1', '-W2', '2001:db8::100');
    assert.ok(await b.host.holds(ROUTER));
    assert.equal(await b.stop(), 0);
    assert.ok(!(await b.host.holds(GLOBAL)));
  });

  it('unicast paths and a gateway work over IPv6 too', async () => {
    await using lan = await network();
    const node = (name: string, peer: string): HeartbeatNode =>
      new HeartbeatNode(lan, name, {
        ...v6,
        priority: name === 'node-a' ? 100 : 90,
        paths: [{ unicast: peer }],
        track: { gateway: '2001:db8::50' },
      });
    const [addressA, addressB] = await Promise.all(
      ['node-a', 'node-b'].map(async (name) => linkLocal(await lan.host(name).addresses())),
    );
    const a = node('node-a', addressB ?? '');
    await a.start();
    await a.until('active', BOUND_MS);
    const b = node('node-b', addressA ?? '');
    await b.start();
    await until(async () => (await b.status()).peers.length > 0, BOUND_MS, 'node-b hears node-a');
    await until(
      async () => (await b.status()).gateway?.state === 'reachable',
      BOUND_MS,
      'the gateway answers',
    );
    await a.stop();
    await b.until('active', BOUND_MS);
  });
});

function linkLocal(addresses: readonly string[]): string {
  const found = addresses.find((address) => address.startsWith('fe80'));
  return found?.split('/')[0] ?? assert.fail('no link-local address');
}
