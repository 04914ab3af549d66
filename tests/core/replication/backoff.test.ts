import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backoffMs } from '../../../src/core/replication/backoff.ts';

test('a link that broke is tried again soon, and never less often than every second', () => {
  const waits = [1, 2, 3, 4, 5, 6, 7, 1000].map((failures) => backoffMs(failures, 'replication.link.closed'));
  assert.deepEqual(waits, [100, 200, 400, 800, 1000, 1000, 1000, 1000]);
});

test('what somebody must repair first is not asked for in a storm', () => {
  const waits = [1, 2, 3, 4, 5, 6].map((failures) => backoffMs(failures, 'replication.host-key'));
  assert.deepEqual(waits, [1000, 2000, 4000, 8000, 15_000, 15_000]);
});
