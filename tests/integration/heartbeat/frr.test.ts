import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Network, until } from '../network.ts';
import { Frr } from './frr.ts';
import { HeartbeatNode, VIRTUAL } from './node.ts';

const BOUND_MS = 15_000;
const config = { checksum: 'pseudo-header' };
const hosts = { ours: '10.99.0.1/24', theirs: '10.99.0.2/24' };

async function hearsPeer(node: HeartbeatNode): Promise<void> {
  await until(async () => (await node.status()).peers.length > 0, BOUND_MS, 'we hear FRR');
}

describe('beside FRR on one VHID', () => {
  it('we wait while it serves, take over when it loses power, and it claims when we leave', async () => {
    await using lan = await Network.create(hosts);
    const frr = new Frr(lan, 'theirs');
    await frr.start({ priority: 150 });
    await until(() => frr.isActive(), BOUND_MS, 'FRR is active');
    const node = new HeartbeatNode(lan, 'ours', { ...config, priority: 100 });
    await node.start();
    await hearsPeer(node);
    assert.equal((await node.status()).state, 'standby');
    assert.deepEqual((await node.status()).counters.dropped, {});
    await frr.losePower();
    await node.until('active', BOUND_MS);

    await lan.mend('theirs');
    await frr.start({ priority: 90 });
    await until(async () => !(await frr.isActive()), BOUND_MS, 'FRR waits');
    assert.ok(await lan.host('ours').holds(VIRTUAL));
    assert.equal(await node.stop(), 0);
    await until(() => frr.isActive(), BOUND_MS, 'FRR claims');
  });

  it('it takes over when we lose power, we wait when we return and claim when it leaves', async () => {
    await using lan = await Network.create(hosts);
    const node = new HeartbeatNode(lan, 'ours', { ...config, priority: 150 });
    await node.start();
    await node.until('active', BOUND_MS);
    const frr = new Frr(lan, 'theirs');
    await frr.start({ priority: 100 });
    await until(async () => !(await frr.isActive()), BOUND_MS, 'FRR waits');
    await node.losePower();
    await until(() => frr.isActive(), BOUND_MS, 'FRR is active');
    await lan.mend('ours');
    await node.start();
    await hearsPeer(node);
    assert.equal((await node.status()).state, 'standby');
    await frr.stop();
    await node.until('active', BOUND_MS);
  });
});
