import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  comparePositions,
  covers,
  formatPosition,
  parsePosition,
} from '../../../src/core/replication/position.ts';

const position = fc.record(
  {
    epoch: fc.nat(Number.MAX_SAFE_INTEGER),
    sequence: fc.nat(Number.MAX_SAFE_INTEGER),
  },
  { noNullPrototype: true },
);

test('a position survives being written and read', () => {
  fc.assert(fc.property(position, (value) => assert.deepEqual(parsePosition(formatPosition(value)), value)));
});

for (const text of ['', '1', '1.', '.1', '01.2', '1.2.3', '-1.2', '1.2 ', '1e3.2', '9007199254740993.1']) {
  test(`${JSON.stringify(text)} is no position`, () => assert.equal(parsePosition(text), undefined));
}

test('a later epoch comes after everything of an earlier one', () => {
  assert.ok(comparePositions({ epoch: 2, sequence: 3 }, { epoch: 1, sequence: 900 }) > 0);
  assert.ok(covers({ epoch: 1, sequence: 5 }, { epoch: 1, sequence: 5 }));
  assert.ok(!covers({ epoch: 1, sequence: 4 }, { epoch: 1, sequence: 5 }));
});
