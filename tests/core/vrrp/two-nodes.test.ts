import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { toMilliseconds } from '../../../src/core/time/duration.ts';
import { activeDownInterval } from '../../../src/core/vrrp/timers.ts';
import { Lan } from './lan.ts';

const setting = fc.record({
  intervalMs: fc.constantFrom(10, 100, 1000, 3000),
  priorities: fc.tuple(fc.integer({ min: 1, max: 254 }), fc.integer({ min: 1, max: 254 })),
  pair: fc.boolean(),
  preempt: fc.boolean(),
  latencyMs: fc.constantFrom(0.05, 0.5, 2),
  offsetMs: fc.integer({ min: 0, max: 5000 }),
});

type Setting = typeof setting extends fc.Arbitrary<infer T> ? T : never;

/** Two nodes that were started one after the other and have settled. */
function settled(given: Setting): { lan: Lan; active: number; standby: number } {
  const lan = new Lan(given.latencyMs);
  const [first, second] = given.priorities;
  lan.join({ ...given, priority: first });
  lan.run(given.offsetMs);
  lan.join({ ...given, priority: second });
  lan.run(given.offsetMs + given.intervalMs * 20);
  const [active, ...others] = lan.holders();
  assert.ok(active !== undefined && others.length === 0, `holders: ${lan.holders()}`);
  return { lan, active, standby: 1 - active };
}

function downMs(lan: Lan, index: number): number {
  const { state } = lan.nodes[index] ?? assert.fail();
  return toMilliseconds(activeDownInterval(state.router, state.router.interval));
}

describe('two nodes in virtual time', () => {
  it('settle on one owner and then change nothing', () => {
    fc.assert(
      fc.property(setting, (given) => {
        const { lan, active } = settled(given);
        const changes = lan.owners.length;
        lan.run(lan.nowMs + given.intervalMs * 100);
        assert.equal(lan.owners.length, changes);
        assert.deepEqual(lan.holders(), [active]);
      }),
      { numRuns: 200 },
    );
  });

  it('take over within the down interval when the active dies', () => {
    fc.assert(
      fc.property(setting, fc.double({ min: 0, max: 3, noNaN: true }), (given, afterIntervals) => {
        const { lan, active, standby } = settled(given);
        lan.run(lan.nowMs + given.intervalMs * afterIntervals);
        const diedAt = lan.nowMs;
        lan.kill(active);
        lan.run(diedAt + given.intervalMs * 10);
        const claimed = lan.owners.find(
          (event) => event.node === standby && event.holds && event.atMs >= diedAt,
        );
        assert.ok(claimed, 'the standby never claimed');
        const bound = downMs(lan, standby) + given.latencyMs + 0.001;
        assert.ok(claimed.atMs - diedAt <= bound, `took ${claimed.atMs - diedAt} ms, bound ${bound} ms`);
        assert.ok(
          claimed.atMs - diedAt >= downMs(lan, standby) - given.intervalMs - 0.001,
          'claimed too early',
        );
      }),
      { numRuns: 200 },
    );
  });

  it('hand over within the latency (pair) or the skew when the active stops, and are never two', () => {
    fc.assert(
      fc.property(setting, (given) => {
        const { lan, active, standby } = settled(given);
        const stoppedAt = lan.nowMs;
        const before = lan.owners.length;
        lan.give(active, { type: 'shutdown' });
        lan.run(stoppedAt + given.intervalMs * 10);
        const events = lan.owners.slice(before).map((event) => [event.node, event.holds]);
        assert.deepEqual(events, [
          [active, false],
          [standby, true],
        ]);
        const bound = given.latencyMs + (given.pair ? 0 : given.intervalMs) + 0.001;
        assert.ok((lan.owners.at(-1)?.atMs ?? 0) - stoppedAt <= bound);
      }),
      { numRuns: 200 },
    );
  });

  it('I6 newcomers wait: without preemption one that returns changes nothing', () => {
    fc.assert(
      fc.property(setting, (given) => {
        const lan = new Lan(given.latencyMs);
        lan.join({ ...given, preempt: false, priority: 1 });
        lan.run(given.intervalMs * 10);
        assert.deepEqual(lan.holders(), [0]);
        lan.join({ ...given, preempt: false, priority: 254 });
        lan.run(given.intervalMs * 60);
        assert.equal(lan.owners.length, 1);
      }),
      { numRuns: 100 },
    );
  });

  it('I1 lease: a paused active loses the address within its lease, and one owner is left when it wakes up', () => {
    fc.assert(
      fc.property(setting, fc.integer({ min: 1, max: 20_000 }), (given, pauseMs) => {
        const { lan, active } = settled({ ...given, preempt: false });
        const pausedAt = lan.nowMs;
        lan.pause(active, pauseMs);
        const leaseMs = toMilliseconds(lan.nodes[active]?.state.router.lease ?? assert.fail());
        lan.run(pausedAt + leaseMs + 1);
        if (pauseMs > leaseMs + 1)
          assert.ok(!lan.holders().includes(active), 'held the address beyond its lease');
        lan.run(pausedAt + pauseMs + given.intervalMs * 20);
        assert.equal(lan.holders().length, 1, `holders: ${lan.holders()}`);
      }),
      { numRuns: 200 },
    );
  });

  it('a paused standby never claims on stale silence', () => {
    fc.assert(
      fc.property(setting, fc.integer({ min: 1, max: 20_000 }), (given, pauseMs) => {
        const { lan, active, standby } = settled({ ...given, preempt: false });
        const before = lan.owners.length;
        lan.pause(standby, pauseMs);
        lan.run(lan.nowMs + pauseMs + given.intervalMs * 20);
        assert.equal(lan.owners.length, before);
        assert.deepEqual(lan.holders(), [active]);
      }),
      { numRuns: 200 },
    );
  });

  it('after a partition one steps back and the other keeps the address', () => {
    fc.assert(
      fc.property(setting, (given) => {
        const { lan } = settled(given);
        const cut = lan.nodes[0] ?? assert.fail();
        cut.connected = false;
        lan.run(lan.nowMs + given.intervalMs * 10);
        assert.deepEqual(lan.holders(), [0, 1]);
        cut.connected = true;
        const healedAt = lan.nowMs;
        lan.run(healedAt + given.intervalMs * 2 + given.latencyMs * 4);
        assert.equal(lan.holders().length, 1);
        const changes = lan.owners.length;
        lan.run(healedAt + given.intervalMs * 100);
        assert.equal(lan.owners.length, changes, 'kept changing');
      }),
      { numRuns: 200 },
    );
  });
});
