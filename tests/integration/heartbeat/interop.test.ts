import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Network, until } from '../network.ts';
import { beside, type Encounter } from './encounter.ts';
import { Keepalived } from './keepalived.ts';
import { assertOneOwner, HeartbeatNode, VIRTUAL } from './node.ts';
import { Ucarp } from './ucarp.ts';

/** The longest down interval is 4 s; the start of programs on a busy machine is included. */
const BOUND_MS = 30_000;
const hosts = { ours: '10.99.0.1/24', theirs: '10.99.0.2/24' };

/** Each of them meets us twice: once it serves first, loses power, and gets the address back because we leave; once the other way round. */
const encounters: readonly Encounter[] = [
  { peer: 'keepalived', version: 3, path: 'multicast', family: 4 },
  { peer: 'keepalived', version: 3, path: 'unicast', family: 4 },
  { peer: 'keepalived', version: 3, path: 'multicast', family: 6 },
  { peer: 'keepalived', version: 3, path: 'unicast', family: 6 },
  { peer: 'keepalived', version: 2, path: 'multicast', family: 4 },
  { peer: 'keepalived', version: 2, path: 'unicast', family: 4 },
  { peer: 'frr', version: 3, path: 'multicast', family: 4 },
  { peer: 'frr', version: 3, path: 'multicast', family: 6 },
  { peer: 'ucarp' },
];

describe('beside another program on one VHID', { concurrency: 6 }, () => {
  for (const encounter of encounters) {
    const name = Object.values(encounter)
      .join(' ')
      .replace(/ (\d) (\w+) (\d)$/, ' VRRP version $1 by $2 over IPv$3');

    it(`${name}: it loses power, we take over; it is back and waits; we leave, it claims`, async () => {
      await using meeting = await beside(encounter);
      const { ours, theirs } = meeting;
      await theirs.start('first');
      await until(() => theirs.serves(), BOUND_MS, 'it serves');
      await ours.start();
      await meeting.weHear();
      await meeting.assertOwner('theirs');
      assert.deepEqual((await ours.status()).counters.dropped, {});

      await theirs.losePower();
      await ours.until('active', BOUND_MS);
      assert.equal((await ours.status()).transitions[0]?.cause, 'silence');
      await meeting.mend('theirs');
      await theirs.start('last');
      await theirs.listens();
      await meeting.assertOwner('ours');

      const leftAt = Date.now();
      assert.equal(await ours.stop(), 0);
      await until(() => theirs.serves(), BOUND_MS, 'it claims');
      theirs.assertHeardFarewell(Date.now() - leftAt);
      await meeting.assertOwner('theirs');
    });

    it(`${name}: we lose power, it takes over; we are back and wait; it leaves, we claim`, async () => {
      await using meeting = await beside(encounter);
      const { ours, theirs } = meeting;
      await ours.start();
      await ours.until('active', BOUND_MS);
      await theirs.start('last');
      await theirs.listens();
      await meeting.assertOwner('ours');

      await ours.losePower();
      await until(() => theirs.serves(), BOUND_MS, 'it takes over');
      await until(async () => !(await meeting.weHold()), BOUND_MS, 'our lease has run out');
      await meeting.mend('ours');
      await ours.start();
      await meeting.weHear();
      await meeting.assertOwner('theirs');
      assert.deepEqual((await ours.status()).counters.dropped, {});

      await theirs.stop();
      await ours.until('active', BOUND_MS);
      assert.equal((await ours.status()).transitions[0]?.cause, meeting.causeWhenItLeaves);
      await meeting.assertOwner('ours');
    });
  }

  it('keepalived: we preempt and are preempted by priority when that is asked for', async () => {
    await using lan = await Network.create(hosts);
    const [ours, theirs] = [lan.host('ours'), lan.host('theirs')];
    const keepalived = new Keepalived(lan, 'theirs');
    keepalived.start({ priority: 100, preempt: true });
    await until(() => theirs.holds(VIRTUAL), BOUND_MS, 'keepalived is active');
    const node = new HeartbeatNode(lan, 'ours', {
      checksum: 'pseudo-header',
      priority: 150,
      preempt: true,
    });
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

  it('ucarp: it preempts by the shorter interval when it is told to', async () => {
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

  it('ucarp: another password is refused and counted', async () => {
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

function carpNode(lan: Network, advskew: number, change: Record<string, unknown> = {}): HeartbeatNode {
  return new HeartbeatNode(lan, 'ours', {
    protocol: 'carp',
    // What orders CARP nodes is in here.
    priority: undefined,
    advertisementIntervalMs: undefined,
    carp: { password: 'interop', advskew, ...change },
  });
}
