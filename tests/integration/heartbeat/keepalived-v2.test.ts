import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Network, until } from '../network.ts';
import { Keepalived } from './keepalived.ts';
import { assertOneOwner, HeartbeatNode, VIRTUAL } from './node.ts';

/** Down interval 3 s and skew, start of a program on a busy machine included. */
const BOUND_MS = 20_000;

const config = { protocol: 'vrrp2', advertisementIntervalMs: 1000 };
const hosts = { ours: '10.99.0.1/24', theirs: '10.99.0.2/24' };

describe('VRRP version 2 beside keepalived on one VHID', () => {
  it('we take over when keepalived loses power; when it is back we leave and it claims', async () => {
    await using lan = await Network.create(hosts);
    const [ours, theirs] = [lan.host('ours'), lan.host('theirs')];
    const keepalived = new Keepalived(lan, 'theirs');
    keepalived.start({ priority: 150, version: 2 });
    await until(() => theirs.holds(VIRTUAL), BOUND_MS, 'keepalived is active');
    const node = new HeartbeatNode(lan, 'ours', { ...config, priority: 100 });
    await node.start();
    await until(async () => (await node.status()).peers.length > 0, BOUND_MS, 'we hear keepalived');
    await assertOneOwner(theirs, ours);
    assert.deepEqual((await node.status()).counters.dropped, {});

    await keepalived.losePower();
    await node.until('active', BOUND_MS);
    await lan.mend('theirs');
    keepalived.start({ priority: 90, version: 2 });
    await until(() => keepalived.log.includes('Entering BACKUP STATE'), BOUND_MS, 'keepalived listens');
    await assertOneOwner(ours, theirs);

    assert.equal(await node.stop(), 0);
    await until(() => theirs.holds(VIRTUAL), BOUND_MS, 'keepalived claims');
    await assertOneOwner(theirs, ours);
  });

  it('keepalived takes over when we lose power; when we are back it leaves and we claim', async () => {
    await using lan = await Network.create(hosts);
    const [ours, theirs] = [lan.host('ours'), lan.host('theirs')];
    const node = new HeartbeatNode(lan, 'ours', { ...config, priority: 150 });
    await node.start();
    await node.until('active', BOUND_MS);
    const keepalived = new Keepalived(lan, 'theirs');
    keepalived.start({ priority: 100, version: 2 });
    await until(() => keepalived.log.includes('Entering BACKUP STATE'), BOUND_MS, 'keepalived listens');
    await assertOneOwner(ours, theirs);

    await node.losePower();
    await until(() => theirs.holds(VIRTUAL), BOUND_MS, 'keepalived is active');
    await until(async () => !(await ours.holds(VIRTUAL)), BOUND_MS, 'our lease has run out');
    await lan.mend('ours');
    await node.start();
    await until(async () => (await node.status()).peers.length > 0, BOUND_MS, 'we hear keepalived');
    await assertOneOwner(theirs, ours);

    await keepalived.stop();
    await node.until('active', BOUND_MS);
    assert.equal((await node.status()).transitions[0]?.cause, 'peer-left');
  });
});
