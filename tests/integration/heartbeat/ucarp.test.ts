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

async function hearsPeer(node: HeartbeatNode): Promise<void> {
  await until(async () => (await node.status()).peers.length > 0, BOUND_MS, 'we hear ucarp');
}

describe('CARP beside ucarp on one VHID', () => {
  it('we take over when ucarp loses power, and it waits when it returns', async () => {
    await using lan = await Network.create(hosts);
    const [ours, theirs] = [lan.host('ours'), lan.host('theirs')];
    const ucarp = new Ucarp(lan, 'theirs');
    ucarp.start({ source: '10.99.0.2', advskew: 0 });
    await until(() => theirs.holds(VIRTUAL), BOUND_MS, 'ucarp is master');
    const node = carpNode(lan, 50);
    await node.start();
    await hearsPeer(node);
    await assertOneOwner(theirs, ours);
    assert.deepEqual((await node.status()).counters.dropped, {});

    await ucarp.losePower();
    await node.until('active', BOUND_MS);
    await lan.mend('theirs');
    ucarp.start({ source: '10.99.0.2', advskew: 100 });
    await new Promise((resolve) => setTimeout(resolve, 4500));
    await assertOneOwner(ours, theirs);
  });

  it('we leave and ucarp takes over at once; then it dies without a word', async () => {
    await using lan = await Network.create(hosts);
    const [ours, theirs] = [lan.host('ours'), lan.host('theirs')];
    const node = carpNode(lan, 0);
    await node.start();
    await node.until('active', BOUND_MS);
    const ucarp = new Ucarp(lan, 'theirs');
    ucarp.start({ source: '10.99.0.2', advskew: 100 });
    // Long enough for it to take over if it did not hear us.
    await new Promise((resolve) => setTimeout(resolve, 4500));
    await assertOneOwner(ours, theirs);

    const leftAt = Date.now();
    assert.equal(await node.stop(), 0);
    await until(() => theirs.holds(VIRTUAL), BOUND_MS, 'ucarp is master');
    assert.ok(Date.now() - leftAt < 2500, `ucarp waited ${Date.now() - leftAt} ms as for a dead node`);
    await assertOneOwner(theirs, ours);

    await node.start();
    await hearsPeer(node);
    await assertOneOwner(theirs, ours);
    await ucarp.stop();
    await node.until('active', BOUND_MS);
    await assertOneOwner(ours, theirs);
  });

  it('ucarp takes over when we lose power, and preempts by the shorter interval when it is told to', async () => {
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
    await ucarp.stop();
    await node.until('active', BOUND_MS);

    ucarp.start({ source: '10.99.0.2', advskew: 200 });
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await node.losePower();
    await until(() => theirs.holds(VIRTUAL), BOUND_MS, 'ucarp is master');
    await until(async () => !(await ours.holds(VIRTUAL)), BOUND_MS, 'our lease has run out');
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
