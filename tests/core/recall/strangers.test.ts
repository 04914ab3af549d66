import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { comesBackWhenRecalled } from '../../../src/core/recall/policy.ts';
import { noStrangers, type StrangersInput, stepStrangers } from '../../../src/core/recall/strangers.ts';
import { type Instant, instant } from '../../../src/core/time/instant.ts';
import { type Seen, simulateRoaming, type World } from './roamers.ts';

const calm: World = {
  seed: 1,
  clients: 5,
  moving: 1,
  everyMs: 10,
  bytes: 105,
  loss: 0,
  duplicated: 0,
  jitterMs: 2,
  forgedPerSecond: 0,
  forgedNearby: false,
};

const anyWorld: fc.Arbitrary<World> = fc.record({
  seed: fc.integer(),
  clients: fc.integer({ min: 0, max: 30 }),
  moving: fc.integer({ min: 0, max: 5 }),
  everyMs: fc.constantFrom(20, 100, 1_000),
  bytes: fc.constantFrom(37, 105, 1_400),
  loss: fc.constantFrom(0, 0.1, 0.5),
  duplicated: fc.constantFrom(0, 0.3),
  jitterMs: fc.constantFrom(0, 30, 200),
  forgedPerSecond: fc.constantFrom(0, 50, 500),
  forgedNearby: fc.boolean(),
});

function holds(check: (seen: Seen) => void): void {
  fc.assert(
    fc.property(anyWorld, (world) => check(simulateRoaming(world))),
    { numRuns: 60 },
  );
}

test('property: nobody is called where OpenVPN has a client, and nobody of a version that does not come back', () => {
  holds(({ calls }) => {
    for (const call of calls) {
      assert.ok(!call.hadInstance, `${call.endpoint} was in at ${call.atMs} ms`);
      assert.ok(comesBackWhenRecalled(call.version));
    }
  });
});

test('property: the answer never exceeds the question, whoever asks', () => {
  holds(({ asked, answered }) => {
    for (const [endpoint, bytes] of answered) assert.ok(bytes <= (asked.get(endpoint) ?? 0), endpoint);
  });
});

test('property: however much comes, the work is bounded', () => {
  holds(({ calls, looksMs, mostKnown }) => {
    assert.ok(mostKnown <= 256);
    for (const [index, atMs] of looksMs.slice(1).entries()) assert.ok(atMs - looksMs[index]! >= 20);
    for (const { atMs } of calls) {
      const within = calls.filter((one) => one.atMs >= atMs && one.atMs < atMs + 1_000).length;
      assert.ok(within <= 71, `${within} calls within a second`);
    }
  });
});

test('property: nobody is called more than twice at one place', () => {
  holds(({ calls }) => {
    for (const ofOne of Map.groupBy(calls, (call) => `${call.commonName} ${call.endpoint}`).values())
      assert.ok(ofOne.length <= 2, JSON.stringify(ofOne));
  });
});

function away(seen: Seen): (number | undefined)[] {
  return seen.awayMs.filter(({ version }) => comesBackWhenRecalled(version)).map(({ ms }) => ms);
}

test('a client with traffic is back within a tenth of a second, among others with traffic', () => {
  for (let seed = 1; seed <= 40; seed += 1) {
    for (const ms of away(simulateRoaming({ ...calm, seed, clients: 40 })))
      assert.ok(ms !== undefined && ms < 150, `seed ${seed}: ${ms} ms`);
  }
});

test('an idle client among idle ones is back before it would have noticed by itself', () => {
  for (let seed = 1; seed <= 100; seed += 1) {
    const world = { ...calm, seed, clients: 30, everyMs: 900, bytes: 37 };
    for (const ms of away(simulateRoaming(world)))
      assert.ok(ms !== undefined && ms < 4_000, `seed ${seed}: ${ms} ms`);
  }
});

test('a lost call is repeated once, in time', () => {
  let back = 0;
  let moved = 0;
  for (let seed = 1; seed <= 200; seed += 1) {
    const all = away(simulateRoaming({ ...calm, seed, loss: 0.3 }));
    moved += all.length;
    back += all.filter((ms) => ms !== undefined && ms < 4_000).length;
  }
  assert.ok(back > 0.8 * moved, `${back} of ${moved}`);
});

test('who asks in vain makes us careful: then only who is silent for two seconds is called', () => {
  const seen = simulateRoaming({ ...calm, seed: 3, moving: 0, everyMs: 1_000, forgedPerSecond: 50 });
  const first = seen.calls[0]?.atMs ?? 0;
  const late = seen.calls.filter(({ atMs }) => atMs > first + 2_000);
  assert.deepEqual(late, [], 'everybody pings, so nobody is silent');
});

test('a client that comes and moves on at once has not been called in vain', () => {
  const at = (ms: number): Instant => instant(ms * 1_000);
  const one = { commonName: 'alice', version: '2.6.14', address: '203.0.113.11', port: 1, bytesReceived: 5 };
  const surroundings = { instances: [one], candidates: [one] };
  let state = noStrangers(at(0));
  const feed = (ms: number, input: StrangersInput): string[] => {
    const next = stepStrangers(state, at(ms), input);
    state = next.state;
    return next.effects.map(({ type }) => type);
  };
  const calledWithin = (startMs: number, port: number, address = '203.0.113.11'): boolean => {
    feed(startMs, { type: 'data', address, port, bytes: 200 });
    feed(startMs + 1, { type: 'looked', surroundings });
    feed(startMs + 30, { type: 'tick' });
    return feed(startMs + 31, { type: 'looked', surroundings }).includes('recall');
  };
  assert.ok(calledWithin(0, 2));
  feed(60, { type: 'present', address: '203.0.113.11', port: 2 });
  feed(2_000, { type: 'tick' });
  assert.ok(calledWithin(2_000, 3), 'and is called as quickly at the next place');
  feed(3_600, { type: 'tick' });
  feed(3_601, { type: 'looked', surroundings });
  assert.ok(!calledWithin(3_700, 4), 'but who asks in vain makes us careful');
  feed(3_900, { type: 'tick' });
  assert.ok(calledWithin(4_000, 5, '198.51.100.7'), 'not towards other networks');
});
