import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Network, until } from '../network.ts';
import { assertOneOwner, HeartbeatNode } from './node.ts';

const BOUND_MS = 15_000;
const hosts = { 'node-a': '10.99.0.1/24', 'node-b': '10.99.0.2/24' };
const first = { id: 1, key: `hex:${'01'.repeat(32)}` };
const second = { id: 2, key: 'a passphrase of more than thirty-two letters' };

function signedBy(
  activeKey: number,
  mode = 'enforce',
  keys: object[] = [first, second],
): Record<string, unknown> {
  return { pair: true, authentication: { keys, activeKey, mode } };
}

describe('signed advertisements', { concurrency: 2 }, () => {
  it('two nodes hear each other, and a key is exchanged without a gap', async () => {
    await using lan = await Network.create(hosts);
    const active = new HeartbeatNode(lan, 'node-a', { ...signedBy(1) });
    const standby = new HeartbeatNode(lan, 'node-b', { ...signedBy(1), priority: 90 });
    await active.start();
    await active.until('active', BOUND_MS);
    await standby.start();
    await until(
      async () => (await standby.status()).peers.length > 0,
      BOUND_MS,
      'the standby hears the active',
    );
    active.configure(signedBy(2));
    active.child?.kill('SIGHUP');
    await until(() => active.log.includes('new configuration'), BOUND_MS, 'the other key is in use');
    await assertOneOwner(active.host, standby.host);
    const { counters } = await standby.status();
    assert.deepEqual(counters.dropped, {});
    assert.equal(await active.stop(), 0);
    await standby.until('active', BOUND_MS);
    assert.equal((await standby.status()).transitions[0]?.cause, 'peer-left');
  });

  it('who has another key, or none, is not heard, and is counted by reason', async () => {
    await using lan = await Network.create({ ...hosts, 'node-c': '10.99.0.3/24' });
    const forger = new HeartbeatNode(lan, 'node-a', {
      ...signedBy(1, 'enforce', [{ ...first, key: `hex:${'02'.repeat(32)}` }]),
      priority: 254,
    });
    await forger.start();
    await forger.until('active', BOUND_MS);
    const unsigned = new HeartbeatNode(lan, 'node-c', { priority: 253 });
    await unsigned.start();
    const node = new HeartbeatNode(lan, 'node-b', { ...signedBy(1) });
    await node.start();
    await until(
      async () => {
        const { dropped } = (await node.status()).counters;
        return (dropped['wrong-key'] ?? 0) > 0;
      },
      BOUND_MS,
      'the forger is counted',
    );
    await node.until('active', BOUND_MS);
    assert.deepEqual((await node.status()).peers, []);
  });

  it('two nodes that do not sign begin to, in three steps, and the address stays where it is', async () => {
    await using lan = await Network.create(hosts);
    const active = new HeartbeatNode(lan, 'node-a', { pair: true });
    const standby = new HeartbeatNode(lan, 'node-b', { pair: true, priority: 90 });
    await active.start();
    await active.until('active', BOUND_MS);
    await standby.start();
    await until(async () => (await standby.status()).peers.length > 0, BOUND_MS, 'node-b hears node-a');
    for (const mode of ['receive-only', 'permissive', 'enforce'])
      for (const node of [active, standby]) {
        node.log = '';
        node.configure(signedBy(1, mode));
        node.child?.kill('SIGHUP');
        await until(() => node.log.includes('new configuration'), BOUND_MS, `${node.host.name}: ${mode}`);
        await assertOneOwner(active.host, standby.host);
      }
    const { counters } = await standby.status();
    assert.deepEqual([counters.dropped, counters['becameActive']], [{}, 0]);
  });

  it('permissive takes what is not signed', async () => {
    await using lan = await Network.create(hosts);
    const plain = new HeartbeatNode(lan, 'node-a');
    await plain.start();
    await plain.until('active', BOUND_MS);
    const node = new HeartbeatNode(lan, 'node-b', { ...signedBy(1, 'permissive') });
    await node.start();
    await until(async () => (await node.status()).peers.length > 0, BOUND_MS, 'it is heard');
    assert.equal((await node.status()).state, 'standby');
  });
});
