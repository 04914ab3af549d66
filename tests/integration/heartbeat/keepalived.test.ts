import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Network, until } from '../network.ts';
import { Keepalived } from './keepalived.ts';
import { assertOneOwner, HeartbeatNode, VIRTUAL } from './node.ts';

/** Down interval 300 ms and skew, start of a program on a busy machine included. */
const BOUND_MS = 15_000;

const config = { checksum: 'pseudo-header' };
const hosts = { ours: '10.99.0.1/24', theirs: '10.99.0.2/24' };

describe('beside keepalived on one VHID', () => {
  it('we take over when keepalived loses power, and it waits when it returns', async () => {
    await using lan = await Network.create(hosts);
    const [ours, theirs] = [lan.host('ours'), lan.host('theirs')];
    const keepalived = new Keepalived(lan, 'theirs');
    keepalived.start({ priority: 150 });
    await until(() => theirs.holds(VIRTUAL), BOUND_MS, 'keepalived is active');
    const node = new HeartbeatNode(lan, 'ours', { ...config, priority: 100 });
    await node.start();
    await until(async () => (await node.status()).peers.length > 0, BOUND_MS, 'we hear keepalived');
    await assertOneOwner(theirs, ours);
    assert.deepEqual((await node.status()).counters.dropped, {});

    await keepalived.losePower();
    await node.until('active', BOUND_MS);
    assert.ok(await ours.holds(VIRTUAL));

    await lan.mend('theirs');
    keepalived.start({ priority: 90 });
    await until(() => keepalived.log.includes('Entering BACKUP STATE'), BOUND_MS, 'keepalived listens');
    await assertOneOwner(ours, theirs);
  });

  it('keepalived takes over when we lose power, and we wait when we return', async () => {
    await using lan = await Network.create(hosts);
    const [ours, theirs] = [lan.host('ours'), lan.host('theirs')];
    const node = new HeartbeatNode(lan, 'ours', { ...config, priority: 150 });
    await node.start();
    await node.until('active', BOUND_MS);
    const keepalived = new Keepalived(lan, 'theirs');
    keepalived.start({ priority: 100 });
    await until(() => keepalived.log.includes('Entering BACKUP STATE'), BOUND_MS, 'keepalived listens');
    await assertOneOwner(ours, theirs);

    await node.losePower();
    await until(() => theirs.holds(VIRTUAL), BOUND_MS, 'keepalived is active');
    await until(async () => !(await ours.holds(VIRTUAL)), BOUND_MS, 'our lease has run out');

    await lan.mend('ours');
    await node.start();
    await until(async () => (await node.status()).peers.length > 0, BOUND_MS, 'we hear keepalived');
    await assertOneOwner(theirs, ours);
  });

  it('a graceful stop hands over, from keepalived to us and from us to keepalived', async () => {
    await using lan = await Network.create(hosts);
    const [ours, theirs] = [lan.host('ours'), lan.host('theirs')];
    const keepalived = new Keepalived(lan, 'theirs');
    keepalived.start({ priority: 150 });
    await until(() => theirs.holds(VIRTUAL), BOUND_MS, 'keepalived is active');
    const node = new HeartbeatNode(lan, 'ours', { ...config, priority: 100 });
    await node.start();
    await until(async () => (await node.status()).peers.length > 0, BOUND_MS, 'we hear keepalived');

    await keepalived.stop();
    await node.until('active', BOUND_MS);
    assert.equal((await node.status()).transitions[0]?.cause, 'peer-left');
    await assertOneOwner(ours, theirs);

    keepalived.start({ priority: 90 });
    await until(() => keepalived.log.includes('Entering BACKUP STATE'), BOUND_MS, 'keepalived listens');
    assert.equal(await node.stop(), 0);
    await until(() => theirs.holds(VIRTUAL), BOUND_MS, 'keepalived is active');
    await assertOneOwner(theirs, ours);
  });

  it('preempts and is preempted by priority when that is asked for', async () => {
    await using lan = await Network.create(hosts);
    const [ours, theirs] = [lan.host('ours'), lan.host('theirs')];
    const keepalived = new Keepalived(lan, 'theirs');
    keepalived.start({ priority: 100, preempt: true });
    await until(() => theirs.holds(VIRTUAL), BOUND_MS, 'keepalived is active');
    const node = new HeartbeatNode(lan, 'ours', { ...config, priority: 150, preempt: true });
    await node.start();
    await node.until('active', BOUND_MS);
    assert.equal((await node.status()).transitions[0]?.cause, 'preempted');
    await until(async () => !(await theirs.holds(VIRTUAL)), BOUND_MS, 'keepalived steps back');
    await assertOneOwner(ours, theirs);

    node.configure({ priority: 50 });
    node.child?.kill('SIGHUP');
    await until(() => theirs.holds(VIRTUAL), BOUND_MS, 'keepalived preempts');
    await node.until('standby', BOUND_MS);
    await assertOneOwner(theirs, ours);
  });
});
