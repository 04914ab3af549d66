import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  type Cure,
  type CureEffect,
  cureDeadline,
  nobodyToCure,
  stepCure,
} from '../../../src/core/recall/cure.ts';
import { milliseconds, seconds } from '../../../src/core/time/duration.ts';
import { after, instant } from '../../../src/core/time/instant.ts';
import { randomness } from './server-and-clients.ts';

interface Story {
  readonly seed: number;
  /** Between two packets of the client while it has keys. */
  readonly everyMs: number;
  /** Undefined: it is never silenced; else so long after its packet that begins the session. */
  readonly silentAfterMs: number | undefined;
  readonly connectedSeconds: number;
  /** 0 to 1: of the client's packets. */
  readonly loss: number;
  /** The packet that begins the session comes so often: sent again, duplicated, replayed. */
  readonly resets: number;
  /** OpenVPN answers so late, at most; and not at all until then. */
  readonly answerMs: number;
  readonly deafMs: number;
}

const ordinary: Story = {
  seed: 1,
  everyMs: 100,
  silentAfterMs: 2_000,
  connectedSeconds: 10,
  loss: 0,
  resets: 1,
  answerMs: 5,
  deafMs: 0,
};
const client = { address: '203.0.113.11', port: 40_000, cid: 7 };

/** What happens to one client after its packet began a session where it has one. */
function live(story: Story): { restartedMs: number[]; looks: number } {
  const random = randomness(story.seed);
  let now = instant(0);
  let state: Cure = nobodyToCure(seconds(1), now);
  let bytesReceived = 1_000;
  let looks = 0;
  const restartedMs: number[] = [];
  const queue: { atMs: number; run: () => void }[] = [];
  const nowMs = (): number => now / 1_000;
  const later = (ms: number, run: () => void): void => void queue.push({ atMs: nowMs() + ms, run });
  const carryOut = (effects: readonly CureEffect[]): void => {
    for (const effect of effects) {
      if (effect.type === 'restart') restartedMs.push(nowMs());
      else {
        looks += 1;
        later(random() * story.answerMs, () => {
          const connectedFor = seconds(story.connectedSeconds + nowMs() / 1_000);
          feed(
            nowMs() < story.deafMs
              ? { type: 'look-failed' }
              : { type: 'looked', clients: [{ ...client, bytesReceived, connectedFor }] },
          );
        });
      }
    }
  };
  const feed = (input: Parameters<typeof stepCure>[2]): void => {
    const next = stepCure(state, now, input);
    state = next.state;
    carryOut(next.effects);
  };
  const talk = (): void => {
    if (random() >= story.loss && (story.silentAfterMs === undefined || nowMs() < story.silentAfterMs))
      bytesReceived += 100;
    later(story.everyMs, talk);
  };
  talk();
  for (let reset = 0; reset < story.resets; reset += 1)
    later(random() * 500, () => feed({ type: 'reset', ...client }));
  while (nowMs() < 20_000) {
    queue.sort((a, b) => a.atMs - b.atMs);
    const next = queue[0]!;
    const due = cureDeadline(state);
    if (due !== undefined && due / 1_000 <= next.atMs) {
      now = instant(Math.max(due, now));
      feed({ type: 'tick' });
    } else {
      queue.shift();
      now = after(instant(0), milliseconds(next.atMs));
      next.run();
    }
  }
  return { restartedMs, looks };
}

test('a client that falls silent over a new session is sent away once, within a second and a half', () => {
  for (let seed = 1; seed <= 50; seed += 1) {
    const { restartedMs } = live({ ...ordinary, seed });
    assert.equal(restartedMs.length, 1);
    assert.ok(restartedMs[0]! > 2_000 && restartedMs[0]! < 3_500, `${restartedMs[0]} ms`);
  }
});

test('a client that goes on talking is left alone, whoever sends its packet again', () => {
  for (const everyMs of [10, 200, 500])
    assert.deepEqual(live({ ...ordinary, everyMs, silentAfterMs: undefined, resets: 20 }).restartedMs, []);
});

test('one that only pings is left alone too, when OpenVPN would answer its request by itself', () => {
  const idle = { ...ordinary, everyMs: 1_000, silentAfterMs: undefined, connectedSeconds: 60 };
  assert.deepEqual(live(idle).restartedMs, []);
});

test('one whose instance is gone is forgotten', () => {
  const started = stepCure(nobodyToCure(seconds(1), instant(0)), instant(0), { type: 'reset', ...client });
  assert.deepEqual(started.effects, [{ type: 'look' }]);
  const { state, effects } = stepCure(started.state, instant(5), { type: 'looked', clients: [] });
  assert.equal(state.watched.size, 0);
  assert.deepEqual(effects, []);
});

test('property: at most one restart and a bounded number of questions, whatever gets lost or comes twice', () => {
  fc.assert(
    fc.property(
      fc.record({
        seed: fc.integer(),
        everyMs: fc.constantFrom(10, 100, 1_000),
        silentAfterMs: fc.constantFrom(undefined, 0, 2_000, 9_000),
        connectedSeconds: fc.constantFrom(0, 25, 60),
        loss: fc.constantFrom(0, 0.3),
        resets: fc.integer({ min: 1, max: 30 }),
        answerMs: fc.constantFrom(1, 50, 500),
        deafMs: fc.constantFrom(0, 3_000),
      }),
      (story) => {
        const { restartedMs, looks } = live(story);
        assert.ok(restartedMs.length <= 1);
        assert.ok(looks <= 13_000 / 200);
        if (
          story.silentAfterMs !== undefined &&
          story.silentAfterMs <= 2_000 &&
          story.everyMs <= 100 &&
          story.loss === 0
        )
          assert.equal(restartedMs.length, 1);
      },
    ),
  );
});
