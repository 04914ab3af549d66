import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shouldYield } from '../../../src/core/replication/yielding.ts';

const older = { wasInSync: false, epochBefore: 3, peerEpoch: 4, isKnown: false, hasWritten: false };

test('the older copy that came up first makes room for the newer one', () => {
  assert.equal(shouldYield(older), true);
});

test('not once something was changed on it, and not for a node that has nothing newer', () => {
  assert.equal(shouldYield({ ...older, hasWritten: true }), false);
  assert.equal(shouldYield({ ...older, peerEpoch: 2 }), false);
  assert.equal(shouldYield({ ...older, wasInSync: true }), false, 'a usual takeover: who comes back waits');
  assert.equal(
    shouldYield({ ...older, isKnown: true }),
    false,
    'a standby that came back with what it got from here',
  );
});
