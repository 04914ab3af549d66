import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Network, until } from '../network.ts';
import { assertOneOwner, HeartbeatNode, VIRTUAL } from './node.ts';
import { Ucarp } from './ucarp.ts';

/** Dead time 3 s and skew; the start of a program on a busy machine included. */
const BOUND_MS = 20_000;
const hosts = { ours: '10.99.0.1/24', theirs: '10.99.0.2/24' };

function carpNode(lan: Network, advskew: number, change: Record<string, unknown> = {}): HeartbeatNode {
  return new HeartbeatNode(lan, 'ours', {
    protocol: 'carp',
    // What orders CARP nodes is in here.
    priority: undefined,
    advertisementIntervalMs: undefined,
    carp: { password: 'interop', advskew, ...change },
  });
}

describe('CARP beside ucarp on one VHID', () => {
  it('ucarp preempts by the shorter interval when it is told to', async () => {
    await using lan = await Network.create(hosts);
    const [ours, theirs] = [lan.host('ours'), lan.host('theirs')];
    const node = carpNode(lan, 100);
    await node.start();
    await node.until('active', BOUND_MS);
    const ucarp = new Ucarp(lan, 'theirs');
    ucarp.start({ source: '10.99.0.2', advskew: 0, preempt: true });
    await until(() => theirs.holds(VIRTUAL), BOUND_MS, 'ucarp preempts');
    await node.until('standby', BOUND_MS);
    await assertOneOwner(theirs, ours);
  });

  it('another password is refused and counted', async () => {
    await using lan = await Network.create(hosts);
    const ucarp = new Ucarp(lan, 'theirs');
    ucarp.start({ source: '10.99.0.2', advskew: 0 });
    await until(() => lan.host('theirs').holds(VIRTUAL), BOUND_MS, 'ucarp is master');
    const node = carpNode(lan, 50, { password: 'other' });
    await node.start();
    await until(
      async () => ((await node.status()).counters.dropped['wrong-key'] ?? 0) > 0,
      BOUND_MS,
      'its packets are counted',
    );
    assert.equal((await node.status()).peers.length, 0);
  });
});
