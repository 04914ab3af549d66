import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  assess,
  assessmentDeadline,
  type Candidate,
  createCandidate,
  gatewayAsked,
  gatewayDeadline,
  neighbourAnswered,
  reported,
  sendFailed,
  sendWorked,
  toAsk,
  type View,
} from '../../../src/core/election/candidate.ts';
import { gatewayState } from '../../../src/core/election/gateway.ts';
import { parseAddress } from '../../../src/core/net/address.ts';
import { centiseconds } from '../../../src/core/time/centiseconds.ts';
import { milliseconds } from '../../../src/core/time/duration.ts';
import { type Instant, instant } from '../../../src/core/time/instant.ts';

const at = (ms: number): Instant => instant(ms * 1000);
const gateway = parseAddress('10.99.0.254') ?? assert.fail();
const options = { priority: 100, interval: centiseconds(10), gateway };
const alone = { active: true, peerHeard: false };

/** Asks at each deadline from the last question to `untilMs`, without an answer. */
function askUntil(candidate: Candidate, untilMs: number, view: View = alone): Candidate {
  const due = gatewayDeadline(candidate, view) ?? assert.fail();
  return due > at(untilMs) ? candidate : askUntil(gatewayAsked(candidate, due, view), untilMs, view);
}

describe('the gateway', () => {
  const start = createCandidate(options, at(0));
  const here = neighbourAnswered(gatewayAsked(start, at(0), alone), at(1), gateway);
  // The last advertisement was heard at 20 ms: its down interval is over at 320.
  const standby = { active: false, peerHeard: false, overdueAt: at(145) };

  it('is gone for a standby well before its down interval is over, and back with the first answer', () => {
    assert.equal(gatewayState(start.gateway, at(0), false).kind, 'unknown');
    assert.equal(gatewayDeadline(here, standby), at(145), 'it is asked as soon as an advertisement is late');
    assert.equal(gatewayState(askUntil(here, 244, standby).gateway, at(244), false).kind, 'reachable');
    const gone = askUntil(here, 245, standby);
    assert.equal(assess(gone, at(245), standby).candidate.verdict.standing, 'never');
    const back = neighbourAnswered(gone, at(280), gateway);
    assert.equal(assess(back, at(280), standby).candidate.verdict.standing, 'serve');
  });

  it('is asked twice a second as long as it answers and advertisements come in time', () => {
    assert.equal(gatewayDeadline(here, alone), at(500));
    assert.equal(gatewayDeadline(here, { ...standby, overdueAt: at(600) }), at(500));
  });

  it('is given two seconds by the node that serves', () => {
    const standing = (ms: number): string =>
      assess(askUntil(here, ms), at(ms), alone).candidate.verdict.standing;
    assert.deepEqual([standing(300), standing(1999), standing(2001)], ['serve', 'serve', 'never']);
  });

  it('alone is no reason to leave while the machine of the other node answers', () => {
    const peer = parseAddress('10.99.0.2') ?? assert.fail();
    const pair = createCandidate({ ...options, peers: [peer] }, at(0));
    const answered = neighbourAnswered(gatewayAsked(pair, at(0), alone), at(1), gateway);
    assert.deepEqual(toAsk(answered, at(500), alone), [gateway]);
    const silent = gatewayAsked(answered, at(500), alone);
    assert.deepEqual(
      toAsk(silent, at(550), alone),
      [gateway, peer],
      'the peer is asked only when it matters',
    );
    const gone = askUntil(silent, 2001);
    assert.equal(assess(gone, at(2001), alone).candidate.verdict.standing, 'never');
    const heard = neighbourAnswered(gone, at(2001), peer);
    const { verdict } = assess(heard, at(2001), alone).candidate;
    assert.deepEqual(
      [verdict.standing, verdict.reasons],
      ['last', ['the gateway 10.99.0.254 does not answer']],
    );
    assert.equal(assess(heard, at(4001), alone).candidate.verdict.standing, 'never');
  });

  it('is not blamed for a process that did not run', () => {
    const asleep = gatewayAsked(askUntil(here, 550), at(60_000), alone);
    assert.equal(gatewayState(asleep.gateway, at(60_000), false).kind, 'reachable');
  });
});

describe('a service that is broken', () => {
  const broken = (candidate: Candidate, ms: number): Candidate =>
    reported(candidate, at(ms), { healthy: false, reason: 'disk full', timeToLive: milliseconds(1e9) });
  const untracked = createCandidate({ ...options, gateway: undefined }, at(0));

  it('makes an active node leave at once, then more and more rarely while it is alone', () => {
    let candidate = broken(untracked, 0);
    const tries: number[] = [];
    for (let ms = 0; ms <= 400_000; ms += 1000) {
      const assessment = assess(candidate, at(ms), alone);
      candidate = assessment.candidate;
      if (assessment.leaveFor !== undefined) tries.push(ms / 1000);
    }
    assert.deepEqual(tries, [0, 10, 30, 70, 150, 310]);
  });

  it('stays when it is told that nobody else can serve, and tries again when that is not known any more', () => {
    const said = { healthy: false, reason: 'disk full', timeToLive: milliseconds(5000), successor: false };
    const told = reported(untracked, at(0), said);
    assert.equal(assess(told, at(4000), alone).leaveFor, undefined);
    assert.notEqual(assess(told, at(5000), alone).leaveFor, undefined);
    const ready = reported(told, at(4000), { ...said, successor: true });
    assert.notEqual(assess(ready, at(4000), alone).leaveFor, undefined);
  });

  it('does not make a standby leave, and a healthy report ends it', () => {
    const standby = assess(broken(untracked, 0), at(0), { active: false, peerHeard: true });
    assert.deepEqual([standby.leaveFor, standby.candidate.verdict.standing], [undefined, 'last']);
    const well = reported(standby.candidate, at(1), {
      healthy: true,
      reason: '',
      timeToLive: milliseconds(3000),
    });
    assert.equal(assess(well, at(1), alone).candidate.verdict.standing, 'serve');
  });

  it('is what a report that nobody repeats means', () => {
    const well = reported(untracked, at(0), { healthy: true, reason: '', timeToLive: milliseconds(3000) });
    assert.equal(assess(well, at(2999), alone).candidate.verdict.standing, 'serve');
    assert.equal(assessmentDeadline(well, at(2999), alone), at(3000));
    const { verdict } = assess(well, at(3000), alone).candidate;
    assert.equal(verdict.standing, 'last');
    assert.match(verdict.reasons[0] ?? '', /does not report any more/);
  });
});

describe('a node whose advertisements do not leave it', () => {
  const untracked = createCandidate({ ...options, gateway: undefined }, at(0));

  it('does not serve from 400 ms on, tries again soon and then each second, and serves when something left', () => {
    let candidate = sendFailed(untracked, at(0), 'EPERM');
    const probes: number[] = [];
    for (let ms = 0; ms <= 3_000; ms += 10) {
      if (candidate.mute === undefined || at(ms) < candidate.mute.probeAt) continue;
      probes.push(ms);
      candidate = sendFailed(candidate, at(ms), 'EPERM');
    }
    assert.deepEqual(probes, [100, 200, 300, 400, 1400, 2400]);
    const standing = (ms: number): string => assess(candidate, at(ms), alone).candidate.verdict.standing;
    assert.deepEqual([standing(399), standing(400)], ['serve', 'never']);
    assert.equal(assess(sendWorked(candidate), at(3_000), alone).candidate.verdict.standing, 'serve');
  });

  it('is judged when it is time, without anything else happening', () => {
    const failed = sendFailed(untracked, at(0), 'EPERM');
    assert.equal(assessmentDeadline(failed, at(0), alone), at(100));
    assert.equal(assessmentDeadline(failed, at(100), alone), at(400));
  });
});

describe('maintenance', () => {
  it('never makes an active node leave by itself: that was done when it was asked for', () => {
    const candidate = { ...createCandidate({ ...options, gateway: undefined }, at(0)), maintenance: true };
    const { leaveFor, candidate: judged } = assess(candidate, at(0), alone);
    assert.deepEqual([leaveFor, judged.verdict.standing], [undefined, 'last']);
  });
});
