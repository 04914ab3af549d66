import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  assess,
  assessmentDeadline,
  type Candidate,
  copySaid,
  createCandidate,
  takeoverForced,
  type View,
} from '../../../src/core/election/candidate.ts';
import type { TakeoverPolicy } from '../../../src/core/election/sync.ts';
import type { Verdict } from '../../../src/core/election/verdict.ts';
import { centiseconds } from '../../../src/core/time/centiseconds.ts';
import { type Instant, instant } from '../../../src/core/time/instant.ts';

const at = (ms: number): Instant => instant(ms * 1000);
const nobody: View = { active: false, peerHeard: false };
const heardAt = (ms: number): View => ({ active: false, peerHeard: true, lastHeardAt: at(ms) });
const silentSince = (ms: number): View => ({ active: false, peerHeard: false, lastHeardAt: at(ms) });
const serving: View = { active: true, peerHeard: false };

function node(takeover: TakeoverPolicy | undefined): Candidate {
  return createCandidate({ priority: 100, interval: centiseconds(10), gateway: undefined, takeover }, at(0));
}

function verdict(candidate: Candidate, ms: number, view: View): Verdict {
  return assess(candidate, at(ms), view).candidate.verdict;
}

describe('a standby with takeover in-sync', () => {
  const inSync = node('in-sync');

  it('takes over from an active node that said a moment before it vanished that everything is on both', () => {
    const told = assess(copySaid(inSync, at(9_500), true), at(9_900), heardAt(9_900)).candidate;
    assert.equal(told.verdict.standing, 'serve');
    assert.equal(verdict(told, 10_200, silentSince(9_900)).standing, 'serve');
    assert.equal(verdict(told, 3_600_000, silentSince(9_900)).standing, 'serve', 'nothing changed since');
  });

  it('does not once the active node said that it lacks something, or said nothing for three seconds while it served', () => {
    const told = copySaid(inSync, at(1_000), true);
    assert.equal(verdict(copySaid(told, at(2_000), false), 2_000, heardAt(2_000)).standing, 'follow');
    assert.equal(verdict(told, 4_000, heardAt(4_000)).standing, 'serve');
    assert.equal(assessmentDeadline(told, at(2_000), heardAt(2_000)), at(4_000));
    const behind = assess(told, at(4_100), heardAt(4_100)).candidate;
    assert.equal(behind.verdict.standing, 'follow');
    assert.match(behind.verdict.reasons.join(), /not known to have every change/);
    assert.equal(verdict(behind, 60_000, silentSince(4_100)).standing, 'follow');
  });

  it('does not when it was just switched on, unless a person wants it, and that only once', () => {
    assert.equal(verdict(inSync, 0, nobody).standing, 'follow');
    const forced = takeoverForced(inSync);
    assert.equal(verdict(forced, 10, nobody).standing, 'serve');
    const served = assess(forced, at(20), serving).candidate;
    assert.equal(verdict(served, 60_000, silentSince(50_000)).standing, 'follow');
  });

  it('goes on serving, and comes back by itself where it was alone when it left', () => {
    const active = assess(inSync, at(0), serving).candidate;
    assert.equal(active.verdict.standing, 'serve');
    const alone = assess(copySaid(active, at(5_000), true), at(5_500), serving).candidate;
    assert.equal(verdict(alone, 60_000, nobody).standing, 'serve');
    assert.equal(
      verdict(copySaid(active, at(5_000), false), 60_000, nobody).standing,
      'follow',
      'the other one had everything and may have taken over since',
    );
  });
});

it('takeover always: it takes over, but it takes the role from nobody who serves', () => {
  const standby = node('always');
  const behind = verdict(standby, 0, nobody);
  assert.deepEqual([behind.standing, behind.outOfSync], ['serve', true]);
  assert.equal(verdict(copySaid(standby, at(0), true), 0, heardAt(0)).outOfSync, undefined);
  assert.equal(
    verdict(node(undefined), 0, nobody).outOfSync,
    undefined,
    'a heartbeat that is used by itself',
  );
});
