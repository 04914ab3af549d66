import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { until } from '../network.ts';
import { AddressWatch } from './address-watch.ts';
import { dualNetwork, IPV6_VIRTUAL } from './ipv6-network.ts';
import { HeartbeatNode } from './node.ts';

const BOUND_MS = 15_000;
const [ROUTER, GLOBAL] = IPV6_VIRTUAL;
const v6 = { virtualAddresses: [ROUTER, GLOBAL], pair: true };

describe('IPv6', () => {
  it('two nodes share several addresses; they answer at once, without duplicate detection', async (test) => {
    await using lan = await dualNetwork({ 'node-a': 1, 'node-b': 2, client: 50 });
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

  it('an IPv6 address comes and goes with an IPv4 one, and serving does not depend on it', async () => {
    await using lan = await dualNetwork({ 'node-a': 1, 'node-b': 2, client: 50 });
    const both = { companionAddresses: [GLOBAL], pair: true };
    const a = new HeartbeatNode(lan, 'node-a', both);
    const b = new HeartbeatNode(lan, 'node-b', { ...both, priority: 90 });
    await a.start();
    await a.until('active', BOUND_MS);
    await b.start();
    await until(async () => (await b.status()).peers.length > 0, BOUND_MS, 'node-b hears node-a');
    const client = lan.host('client');
    await client.run('ping', '-c1', '-W2', '2001:db8::100');
    assert.deepEqual((await a.status()).companionAddresses, [{ address: GLOBAL, held: true }]);
    assert.deepEqual((await b.status()).counters.dropped, {});

    await a.losePower();
    await b.until('active', BOUND_MS);
    await client.run('ping', '-c1', '-W2', '2001:db8::100');
    // Put back like the others.
    await b.host.run('ip', 'address', 'del', GLOBAL, 'dev', 'eth0');
    await until(() => b.host.holds(GLOBAL), BOUND_MS, 'it is put back');

    await b.host.run('sysctl', '-w', 'net.ipv6.conf.eth0.disable_ipv6=1');
    await until(
      async () => /2001:db8::100\/64 is not on eth0/.test((await b.status()).warnings.join()),
      BOUND_MS,
      'node-b says that it lacks it',
    );
    assert.equal((await b.status()).state, 'active');
    assert.ok(await b.host.holds('10.99.0.100/24'));
    await b.host.run('sysctl', '-w', 'net.ipv6.conf.eth0.disable_ipv6=0');
    await until(() => b.host.holds(GLOBAL), BOUND_MS, 'it comes back with IPv6');
    b.configure({ companionAddresses: [] });
    b.child?.kill('SIGHUP');
    await until(async () => !(await b.host.holds(GLOBAL)), BOUND_MS, 'it is given up without a restart');
    assert.equal(await b.stop(), 0);
  });

  it('unicast paths and a gateway work over IPv6 too', async () => {
    await using lan = await dualNetwork({ 'node-a': 1, 'node-b': 2, client: 50 });
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
