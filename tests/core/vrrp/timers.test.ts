import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseAddress } from '../../../src/core/net/address.ts';
import { centiseconds } from '../../../src/core/time/centiseconds.ts';
import { milliseconds, toMilliseconds, toSeconds } from '../../../src/core/time/duration.ts';
import { VRRP3 } from '../../../src/core/vrrp/dialect.ts';
import type { VirtualRouter } from '../../../src/core/vrrp/router.ts';
import { activeDownInterval, claimDelay, skewTime, smallestLease } from '../../../src/core/vrrp/timers.ts';

function router(priority: number, pair = false): VirtualRouter {
  const source = parseAddress('192.0.2.1');
  assert.ok(source);
  const none = milliseconds(0);
  return {
    dialect: VRRP3,
    vrid: 51,
    priority,
    interval: centiseconds(100),
    pair,
    preempt: false,
    preemptDelay: none,
    startDelay: none,
    addresses: [],
    lease: milliseconds(2000),
    source,
  };
}

describe('VRRP timers (RFC 9568 §6.1)', () => {
  // priority, interval in centiseconds, skew and down interval in milliseconds; fractions are kept.
  const table: [number, number, number, number][] = [
    [255, 100, 3.90625, 3003.90625],
    [254, 100, 7.8125, 3007.8125],
    [200, 100, 218.75, 3218.75],
    [150, 100, 414.0625, 3414.0625],
    [100, 100, 609.375, 3609.375],
    [1, 100, 996.09375, 3996.09375],
    [200, 20, 43.75, 643.75],
    [100, 20, 121.875, 721.875],
    [100, 1, 6.09375, 36.09375],
  ];
  for (const [priority, interval, skew, down] of table) {
    it(`priority ${priority} at ${interval} cs: skew ${skew} ms, down ${down} ms`, () => {
      assert.equal(toMilliseconds(skewTime(priority, centiseconds(interval))), skew);
      assert.equal(toMilliseconds(activeDownInterval(router(priority), centiseconds(interval))), down);
    });
  }

  it('waits for no skew in a pair', () => {
    assert.equal(toMilliseconds(activeDownInterval(router(100, true), centiseconds(10))), 300);
    assert.equal(claimDelay(router(100, true), centiseconds(10)), 0);
    assert.equal(toMilliseconds(claimDelay(router(100), centiseconds(10))), 60.9375);
  });

  it('leases for the smallest whole second that a renewal per advertisement sustains', () => {
    const leases = [1, 10, 50, 51, 100, 200, 4095].map((interval) =>
      toSeconds(smallestLease(centiseconds(interval))),
    );
    assert.deepEqual(leases, [1, 1, 1, 2, 2, 4, 62]);
  });
});
