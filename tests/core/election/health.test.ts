import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type Health,
  observed,
  shouldRestart,
  UNKNOWN_HEALTH,
  wordOn,
} from '../../../src/core/election/health.ts';

/** `.` an answer, `x` none, `d` an answer and a disk that refuses. */
function after(looks: string): Health {
  return [...looks].reduce(
    (health, look) =>
      observed(health, { answered: look !== 'x', diskError: look === 'd' ? 'ENOSPC' : undefined }),
    UNKNOWN_HEALTH,
  );
}

describe('the health of the service', () => {
  it('is not known before the first answer', () => {
    assert.equal(wordOn(after('')), undefined);
    assert.equal(wordOn(after('xxx')), undefined);
    assert.deepEqual(wordOn(after('xxx.')), { healthy: true, reason: '' });
  });

  it('is not broken by a restart that takes seven seconds, however often', () => {
    const looks = `.${'xxxxxxx.'.repeat(10)}`;
    for (let length = 1; length <= looks.length; length += 1)
      assert.notEqual(wordOn(after(looks.slice(0, length)))?.healthy, false);
  });

  it('is broken when it stays away, and only three answers in a row end that', () => {
    assert.deepEqual(wordOn(after('.xxxxxxxx')), {
      healthy: false,
      reason: 'OpenVPN has not answered for 8 s',
    });
    assert.equal(wordOn(after('.xxxxxxxx.x..'))?.healthy, false);
    assert.equal(wordOn(after('.xxxxxxxx...'))?.healthy, true);
    assert.equal(wordOn(after('xxxxxxxx'))?.healthy, false, 'also when it never came');
  });

  it('is broken when the disk takes no write any more', () => {
    assert.equal(wordOn(after('.ddddddd'))?.healthy, true);
    assert.deepEqual(wordOn(after('.dddddddd')), {
      healthy: false,
      reason: 'the disk cannot be written (ENOSPC)',
    });
    assert.equal(wordOn(after('.dddddddd...'))?.healthy, true);
  });

  it('a process that hangs is ended after a while, and again if that did not help', () => {
    const times = Array.from({ length: 60 }, (_, seconds) => seconds).filter((seconds) =>
      shouldRestart(after(`.${'x'.repeat(seconds)}`)),
    );
    assert.deepEqual(times, [12, 27, 42, 57]);
  });
});
