import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lastToForget, lastToTrim } from '../../../src/core/replication/retention.ts';
import { defaultReplicationSettings } from '../../../src/core/replication/settings.ts';

const day = 86_400_000;
const now = 1_000 * day;
const settings = { ...defaultReplicationSettings, journalDays: 30, journalMegabytes: 1 };
const entries = (count: number, ageDays: number, bytes = 100) =>
  Array.from({ length: count }, (_, index) => ({ sequence: index + 1, timeMs: now - ageDays * day, bytes }));

test('old entries go, the newest thousand stay whatever their age', () => {
  const facts = { head: 5_000, everywhere: 5_000, bytes: 500_000 };
  assert.equal(lastToTrim(settings, facts, entries(5_000, 31), now), 4_000);
  assert.equal(lastToTrim(settings, facts, entries(5_000, 29), now), 0);
  assert.equal(lastToTrim(settings, { ...facts, head: 900 }, entries(900, 31), now), 0);
});

test('a journal that is too large shrinks to its size, whatever its age', () => {
  const facts = { head: 20_000, everywhere: 20_000, bytes: 1_048_576 + 1_000 };
  assert.equal(lastToTrim(settings, facts, entries(5_000, 1), now), 10);
});

test('what the standby lacks stays, until it is four times as much as a journal may be', () => {
  const facts = { head: 20_000, everywhere: 50, bytes: 3 * 1_048_576 };
  assert.equal(lastToTrim(settings, facts, entries(5_000, 31), now), 50);
  assert.equal(lastToTrim(settings, { ...facts, everywhere: 0 }, entries(5_000, 400), now), 0);
  const tooMuch = { ...facts, everywhere: 0, bytes: 4 * 1_048_576 + 1_000 };
  assert.equal(lastToTrim(settings, tooMuch, entries(5_000, 1), now), 10);
});

test('words are forgotten by age and by number', () => {
  const some = { ...settings, auditDays: 400, auditEntries: 100 };
  assert.equal(lastToForget(some, 100, entries(50, 399), now), 0);
  assert.equal(lastToForget(some, 100, entries(50, 401), now), 50);
  assert.equal(lastToForget(some, 130, entries(50, 399), now), 30);
});
