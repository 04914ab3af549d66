import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type Change,
  committed,
  heardForm,
  prepared,
  settled,
} from '../../../src/core/reconfiguration/change.ts';
import { milliseconds } from '../../../src/core/time/duration.ts';
import { type Instant, instant } from '../../../src/core/time/instant.ts';

const at = (ms: number): Instant => instant(ms * 1000);
const down = milliseconds(300);
const active = { active: true, down };
const standby = { active: false, down };
const start = prepared(at(0), milliseconds(10_000));

function hearing(change: Change, ms: number, ...forms: readonly ('old' | 'new')[]): Change {
  return forms.reduce((known, form) => heardForm(known, at(ms), form), change);
}

describe('a change in two phases', () => {
  it('is undone on the node that serves when no commit came in time, and complete some time after one', () => {
    assert.equal(settled(start, at(9_999), active), undefined);
    assert.equal(settled(start, at(10_000), active), 'old');
    const done = committed(start, at(5_000), milliseconds(2_000));
    assert.equal(settled(done, at(6_999), active), undefined);
    assert.equal(settled(done, at(7_000), active), 'new');
  });

  it('waits on a standby as long as the other node speaks both, whatever the limits', () => {
    const both = hearing(start, 20_000, 'old', 'new');
    assert.equal(settled(both, at(20_100), standby), undefined);
    assert.equal(
      settled(committed(both, at(0), milliseconds(0)), at(20_100), standby),
      undefined,
      'nor does its own commit decide',
    );
  });

  it('ends on a standby as the other node ends it', () => {
    const both = hearing(start, 1_000, 'old', 'new');
    assert.equal(settled(hearing(both, 1_400, 'new'), at(1_400), standby), 'new');
    assert.equal(settled(hearing(both, 1_400, 'old'), at(1_400), standby), 'old');
    const told = committed(both, at(1_100), milliseconds(60_000));
    assert.equal(settled(hearing(told, 1_400, 'old'), at(1_400), standby), 'old', 'although it had a commit');
  });

  it('does not end on a standby that was prepared first, before its limit', () => {
    const first = hearing(start, 5_000, 'old');
    assert.equal(settled(first, at(5_000), standby), undefined);
    assert.equal(settled(hearing(first, 10_000, 'old'), at(10_000), standby), 'old');
  });

  it('takes the death of a node that spoke both for a death, whichever form was heard last', () => {
    const both = heardForm(heardForm(start, at(1_000), 'old'), at(1_001), 'new');
    for (let ms = 1_001; ms < 10_000; ms += 1) assert.equal(settled(both, at(ms), standby), undefined);
    assert.equal(settled(both, at(10_000), standby), 'old');
  });

  it('ends by its own limit when nobody is heard', () => {
    assert.equal(settled(start, at(10_000), standby), 'old');
    const told = committed(start, at(0), milliseconds(4_000));
    assert.equal(settled(told, at(3_999), standby), undefined);
    assert.equal(settled(told, at(4_000), standby), 'new');
  });
});
