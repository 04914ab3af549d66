import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Network, until } from '../network.ts';
import { Keepalived } from './keepalived.ts';
import { assertOneOwner, HeartbeatNode, VIRTUAL } from './node.ts';

const BOUND_MS = 15_000;
const config = { checksum: 'pseudo-header' };

describe('preemption beside keepalived', () => {
  it('we preempt and are preempted by priority when that is asked for', async () => {
    await using lan = await Network.create({ ours: '10.99.0.1/24', theirs: '10.99.0.2/24' });
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
