import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decide, findCommonPoint } from '../../../src/core/replication/decision.ts';
import { genesisHash, type Head } from '../../../src/core/replication/position.ts';

/** The reference model: a history is a list of letters, and the hash of an entry is the whole text up to it. */
type History = string;

const head = (history: History): Head => ({
  position: { epoch: 1, sequence: history.length },
  hash: history === '' ? genesisHash : history,
});

const active = (history: History, trimmed = 0) => ({
  head: head(history),
  firstSequence: trimmed + 1,
  hashAt: (sequence: number): string | undefined => {
    if (sequence === 0) return genesisHash;
    return sequence <= trimmed || sequence > history.length ? undefined : history.slice(0, sequence);
  },
});

const history = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 12 });

test('a tail is sent exactly when the history of the standby is a prefix that the journal still reaches', () => {
  fc.assert(
    fc.property(history, history, fc.nat(12), (ours, theirs, cut) => {
      const trimmed = Math.min(cut, Math.max(0, ours.length - 1));
      const decision = decide(active(ours, trimmed), head(theirs), 'whatever');
      const prefix = ours.startsWith(theirs);
      if (theirs === '') assert.equal(decision.kind, ours === '' ? 'tail' : 'snapshot');
      else if (theirs.length <= trimmed) assert.deepEqual(decision, { kind: 'snapshot', reason: 'trimmed' });
      else if (prefix) assert.deepEqual(decision, { kind: 'tail', after: theirs.length });
      else assert.equal(decision.kind, 'diverged');
    }),
  );
});

test('a standby that asks for a whole copy gets one', () => {
  assert.deepEqual(decide(active('abc'), head('ab'), 'snapshot'), { kind: 'snapshot', reason: 'asked' });
});

test('a standby ahead of the active has diverged, even where all that is known is equal', () => {
  assert.deepEqual(decide(active('ab'), head('abc'), 'whatever'), { kind: 'diverged' });
});

test('the common point is where the two texts part', () => {
  fc.assert(
    fc.property(history, history, (ours, theirs) => {
      let expected = 0;
      while (expected < Math.min(ours.length, theirs.length) && ours[expected] === theirs[expected])
        expected++;
      const asked: number[] = [];
      const found = findCommonPoint(Math.min(ours.length, theirs.length), (sequence) => {
        asked.push(sequence);
        return ours.slice(0, sequence) === theirs.slice(0, sequence);
      });
      assert.equal(found, expected);
      assert.ok(asked.length <= 5, `${asked.length} questions`);
    }),
  );
});

test('entries that were trimmed never move the common point past where it is', () => {
  fc.assert(
    fc.property(history, history, fc.nat(12), (ours, theirs, trimmed) => {
      const last = Math.min(ours.length, theirs.length);
      const same = (sequence: number): boolean => ours.slice(0, sequence) === theirs.slice(0, sequence);
      const found = findCommonPoint(last, (sequence) => sequence > trimmed && same(sequence));
      assert.ok(found === 0 || same(found));
    }),
  );
});
