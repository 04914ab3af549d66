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
      const found = findCommonPoint({ first: 1, last: Math.min(ours.length, theirs.length) }, (sequence) => {
        asked.push(sequence);
        return ours.slice(0, sequence) === theirs.slice(0, sequence);
      });
      assert.equal(found, expected);
      assert.ok(asked.length <= 5, `${asked.length} questions`);
    }),
  );
});

test('where older entries are forgotten the common point is found among the others, or is where they begin', () => {
  fc.assert(
    fc.property(history, history, fc.nat(12), (ours, theirs, forgotten) => {
      const last = Math.min(ours.length, theirs.length);
      const same = (sequence: number): boolean => ours.slice(0, sequence) === theirs.slice(0, sequence);
      const exact = findCommonPoint({ first: 1, last }, same);
      const found = findCommonPoint({ first: forgotten + 1, last }, (sequence) => {
        assert.ok(sequence > forgotten, 'nobody asks for what is forgotten');
        return same(sequence);
      });
      assert.equal(found, Math.max(exact, Math.min(forgotten, last)));
    }),
  );
});

test('a standby whose head is trimmed gets the rest as long as the next entry is there', () => {
  const trimmedTo = (count: number) => ({
    head: head('abcdef'),
    firstSequence: count + 1,
    hashAt: (sequence: number) => 'abcdef'.slice(0, sequence),
  });
  assert.deepEqual(decide(trimmedTo(3), head('abc'), 'whatever'), { kind: 'tail', after: 3 });
  assert.deepEqual(decide(trimmedTo(4), head('abc'), 'whatever'), { kind: 'snapshot', reason: 'trimmed' });
  assert.deepEqual(decide(trimmedTo(4), head('abX'), 'whatever'), { kind: 'diverged' });
});
