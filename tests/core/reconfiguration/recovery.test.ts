import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Move, nextMove, type Situation } from '../../../src/core/reconfiguration/recovery.ts';

const table: [what: string, situation: Situation, move: Move][] = [
  [
    'the commit is in the data and the heartbeat is prepared',
    { wanted: 'new', base: 'old', phase: 'prepared', agreed: false },
    'commit',
  ],
  [
    'the change is noted and not decided: whoever comes back in either form is heard',
    { wanted: 'old', base: 'old', phase: 'prepared', agreed: false },
    'keep',
  ],
  [
    'both say that it was not made',
    { wanted: 'old', base: 'old', phase: 'prepared', agreed: true },
    'rollback',
  ],
  [
    'started after a crash with the commit, not knowing whether the other node has it',
    { wanted: 'new', base: 'new', phase: 'prepared', agreed: false },
    'keep',
  ],
  [
    'both have the commit, one of them started with it',
    { wanted: 'new', base: 'new', phase: 'prepared', agreed: true },
    'rollback',
  ],
  [
    'started with the commit, and the other node, which serves, has put it aside',
    { wanted: 'old', base: 'new', phase: 'prepared', agreed: false },
    'commit',
  ],
  [
    'committed, and the old form runs out by itself',
    { wanted: 'new', base: 'old', phase: 'committed', agreed: true },
    'keep',
  ],
  [
    'committed, and the other node, which serves, never had it',
    { wanted: 'old', base: 'old', phase: 'committed', agreed: false },
    'rollback',
  ],
  [
    'the heartbeat was started anew meanwhile',
    { wanted: 'new', base: 'old', phase: undefined, agreed: false },
    'load',
  ],
];

describe('what a node does about a change whose end it may not know', () => {
  for (const [what, situation, move] of table)
    it(`${move}: ${what}`, () => assert.equal(nextMove(situation), move));

  it('never gives up a form that the other node may still use', () => {
    for (const wanted of ['old', 'new'] as const)
      for (const base of ['old', 'new'] as const) {
        const move = nextMove({ wanted, base, phase: 'prepared', agreed: false });
        assert.notEqual(move, 'rollback');
      }
  });
});
