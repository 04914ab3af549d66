import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { until } from '../network.ts';
import { beside, type Encounter } from './encounter.ts';

/** The longest down interval is 4 s; the start of programs on a busy machine is included. */
const BOUND_MS = 30_000;

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
});
