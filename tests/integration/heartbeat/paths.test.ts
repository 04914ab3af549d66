import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Network, until } from '../network.ts';
import { assertOneOwner, HeartbeatNode } from './node.ts';
import { cross, isolate } from './wires.ts';

const BOUND_MS = 15_000;
const hosts = { 'node-a': '10.99.0.1/24', 'node-b': '10.99.0.2/24' };

function paths(peer: string, crossPeer?: string): object[] {
  const second = crossPeer === undefined ? [] : [{ unicast: crossPeer, interface: 'eth1' }];
  return [{ multicast: true }, { unicast: peer }, ...second];
}

async function pair(
  lan: Network,
  forA: object,
  forB: object,
): Promise<{ a: HeartbeatNode; b: HeartbeatNode }> {
  const a = new HeartbeatNode(lan, 'node-a', { pair: true, ...forA });
  await a.start();
  await a.until('active', BOUND_MS);
  const b = new HeartbeatNode(lan, 'node-b', { pair: true, priority: 90, ...forB });
  await b.start();
  await until(async () => (await b.status()).peers.length > 0, BOUND_MS, 'node-b hears node-a');
  return { a, b };
}

describe('several paths', { concurrency: 2 }, () => {
  it('silence counts only when all are silent, and a lost one is named with its likely cause', async () => {
    await using lan = await Network.create(hosts);
    const { a, b } = await pair(lan, { paths: paths('10.99.0.2') }, { paths: paths('10.99.0.1') });
    await until(
      async () => (await b.status()).peers[0]?.paths.length === 2,
      BOUND_MS,
      'node-a is heard by both paths, as one peer',
    );
    assert.deepEqual((await b.status()).warnings, []);
    // As on a switch with IGMP snooping and no querier.
    await b.host.run('nft', 'add', 'table', 'netdev', 'filter');
    await b.host.run(
      ...nft('add chain netdev filter in { type filter hook ingress device eth0 priority 0; }'),
    );
    await b.host.run(...nft('add rule netdev filter in ip daddr 224.0.0.18 drop'));
    await until(
      async () => /has not been heard for \d+ ms by multicast/.test((await b.status()).sentence),
      BOUND_MS,
      'the lost path is named',
    );
    const { state, sentence, counters, peers } = await b.status();
    assert.equal(state, 'standby');
    assert.match(sentence, /multicast is probably filtered/);
    assert.deepEqual([counters['becameActive'], peers.length], [0, 1]);
    await assertOneOwner(a.host, b.host);
    await a.losePower();
    await b.until('active', BOUND_MS);
  });

  it('a second interface keeps a pair from splitting when the LAN between the nodes breaks', async () => {
    await using lan = await Network.create(hosts);
    await cross(lan.host('node-a'), '192.168.7.1/24', lan.host('node-b'), '192.168.7.2/24');
    const { a, b } = await pair(
      lan,
      { paths: paths('10.99.0.2', '192.168.7.2') },
      { paths: paths('10.99.0.1', '192.168.7.1') },
    );
    await isolate(b.host);
    await until(
      async () => (await b.status()).warnings.length === 2,
      BOUND_MS,
      'both paths on the LAN are known to be lost',
    );
    const { state, peers } = await b.status();
    assert.deepEqual([state, peers.length, peers[0]?.address], ['standby', 1, '10.99.0.1']);
    await assertOneOwner(a.host, b.host);
    await a.host.run('ip', 'link', 'set', 'eth1', 'down');
    await b.until('active', BOUND_MS);
    assert.ok((await a.status()).paths.some(({ lastError }) => lastError !== null));
  });

  it('unicast alone does, with the real hardware address, and strangers are not listened to', async () => {
    await using lan = await Network.create({ ...hosts, stranger: '10.99.0.66/24' });
    const { a, b } = await pair(
      lan,
      { paths: [{ unicast: '10.99.0.2' }] },
      { paths: [{ unicast: '10.99.0.1' }] },
    );
    const stranger = new HeartbeatNode(lan, 'stranger', {
      priority: 254,
      paths: [{ unicast: '10.99.0.1' }, { unicast: '10.99.0.2' }],
      virtualAddresses: ['10.99.0.200/24'],
    });
    await stranger.start();
    await stranger.until('active', BOUND_MS);
    await assertOneOwner(a.host, b.host);
    assert.equal((await b.status()).peers.length, 1);
    await a.stop();
    await b.until('active', BOUND_MS);
  });
});

function nft(command: string): [string, string] {
  return ['nft', command];
}
