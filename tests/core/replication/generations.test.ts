import assert from 'node:assert/strict';
import { test } from 'node:test';
import { generationDue } from '../../../src/core/replication/generations.ts';

const hourMs = 3_600_000;
const at = (sequence: number) => ({ epoch: 1, sequence });
const now = { atMs: 100 * hourMs, position: at(9), compared: true, freeBytes: 1_000, copyBytes: 100 };
const older = { position: at(5), atMs: 90 * hourMs };

const cases: readonly [string, boolean, Partial<typeof now>, typeof older | undefined][] = [
  ['the first one, as soon as the copy was compared', true, {}, undefined],
  ['never a copy that was not found the same', false, { compared: false }, undefined],
  ['again after some hours', true, {}, older],
  ['not before', false, {}, { ...older, atMs: 99 * hourMs }],
  ['not where nothing was changed since', false, { position: at(5) }, older],
  ['also where the clock was set back', true, {}, { ...older, atMs: 200 * hourMs }],
  ['not where the disk would become full', false, { freeBytes: 399 }, undefined],
];
for (const [what, due, facts, newest] of cases) {
  test(`a good copy is set aside: ${what}`, () => {
    assert.equal(generationDue({ ...now, ...facts }, newest), due);
  });
}
