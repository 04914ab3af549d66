import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Turns } from '../../../src/pair/turns.ts';

test('who comes alone does not wait; of many a few go in each turn of the event loop, in their order', async () => {
  const turns = new Turns();
  assert.equal(turns.take(), undefined);
  const went: number[] = [];
  const waiting: Promise<unknown>[] = [];
  let now = 1;
  for (let index = 1; index < 40; index++) {
    const turn = turns.take();
    if (turn === undefined) now++;
    else waiting.push(turn.then(() => went.push(index)));
  }
  assert.ok(now >= 2 && now < 20, `${now} went at once`);
  const steps: number[] = [];
  while (went.length < waiting.length) {
    await new Promise((resolve) => setImmediate(resolve));
    steps.push(went.length);
  }
  await Promise.all(waiting);
  assert.deepEqual(
    went,
    [...went].sort((a, b) => a - b),
  );
  const most = Math.max(...steps.map((count, index) => count - (steps[index - 1] ?? 0)));
  assert.equal(most, now, 'never more in one turn than at first');
});
