import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromHex } from '../../../src/core/bytes/hex.ts';
import { parseAddress } from '../../../src/core/net/address.ts';
import {
  announced,
  createGuard,
  type Guard,
  guardDeadline,
  heardClaim,
  released,
  watch,
} from '../../../src/core/ownership/guard.ts';
import { type Instant, instant } from '../../../src/core/time/instant.ts';

const at = (ms: number): Instant => instant(ms * 1000);
const address = parseAddress('10.99.0.100') ?? assert.fail();
const other = parseAddress('10.99.0.101') ?? assert.fail();
const own = fromHex('02:00:00:00:00:01') ?? assert.fail();
const stranger = fromHex('02:00:00:00:00:66') ?? assert.fail();

/** When it announced and when it asked, up to `untilMs`. */
function follow(start: Guard, untilMs: number): { guard: Guard; announced: number[]; asked: number[] } {
  const result = { guard: start, announced: [] as number[], asked: [] as number[] };
  for (;;) {
    const due = guardDeadline(result.guard);
    if (due === undefined || due > at(untilMs)) return result;
    const { guard, announce, ask } = watch(result.guard, due);
    result.guard = guard;
    if (announce.length > 0) result.announced.push(due / 1000);
    if (ask.length > 0) result.asked.push(due / 1000);
  }
}

describe('while an address is held', () => {
  it('it is announced in a burst, then refreshed; and it is asked who else has it', () => {
    const held = announced(createGuard(at(0)), at(1000), [address]);
    const { announced: times, asked } = follow(held, 64_000);
    assert.deepEqual(times, [1100, 1500, 2000, 4000, 34_000, 64_000]);
    assert.deepEqual(asked.slice(0, 3), [1050, 6050, 11_050]);
  });

  it('nothing happens before it is claimed and after it was released', () => {
    assert.equal(guardDeadline(createGuard(at(0))), undefined);
    const held = announced(createGuard(at(0)), at(0), [address, other]);
    assert.deepEqual(released(held, [other]).held, [address]);
    assert.equal(guardDeadline(released(held, [address, other])), undefined);
  });

  it('who else claims it is known by its MAC, and answered at most once a second', () => {
    let guard = announced(createGuard(at(0)), at(0), [address]);
    const defences = [0, 10, 999, 1000, 1500].map((ms) => {
      const heard = heardClaim(guard, at(ms), { address, mac: stranger }, own);
      guard = heard.guard;
      return heard.defend;
    });
    assert.deepEqual(defences, [true, false, false, true, false]);
    assert.equal(guard.conflicts.length, 1);
    assert.deepEqual([guard.conflicts[0]?.count, guard.conflicts[0]?.firstSeen], [5, at(0)]);
  });

  it('our own frames, other addresses and times without the address are no conflict', () => {
    const held = announced(createGuard(at(0)), at(0), [address]);
    assert.equal(heardClaim(held, at(1), { address, mac: own }, own).conflict, undefined);
    assert.equal(heardClaim(held, at(1), { address: other, mac: stranger }, own).conflict, undefined);
    const none = released(held, [address]);
    assert.equal(heardClaim(none, at(1), { address, mac: stranger }, own).conflict, undefined);
  });
});
