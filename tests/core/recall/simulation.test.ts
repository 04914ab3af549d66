import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { comesBackWhenRecalled } from '../../../src/core/recall/policy.ts';
import { type Recall, simulate } from './server-and-clients.ts';

const anyWeather = fc.record({
  seed: fc.integer(),
  clients: fc.integer({ min: 0, max: 60 }),
  loss: fc.constantFrom(0, 0.1, 0.5, 1),
  roundTripMs: fc.constantFrom(1, 20, 100, 250),
  deafMs: fc.constantFrom(0, 50, 700),
  duplicated: fc.constantFrom(0, 0.3),
  jitterMs: fc.constantFrom(0, 50, 400),
});

function perClient(recalls: readonly Recall[]): Recall[][] {
  return [...Map.groupBy(recalls, (one) => one.client.port).values()];
}

test('property: no recall for a client that has an instance', () => {
  fc.assert(
    fc.property(anyWeather, (weather) => {
      for (const recall of simulate(weather).recalls) {
        if (recall.hadInstance) assert.fail(`${recall.client.commonName} was in at ${recall.atMs} ms`);
      }
    }),
  );
});

test('property: only versions that come back, at most three times each, seconds apart', () => {
  fc.assert(
    fc.property(anyWeather, (weather) => {
      for (const ofOne of perClient(simulate(weather).recalls)) {
        assert.ok(comesBackWhenRecalled(ofOne[0]!.client.version));
        assert.deepEqual(
          ofOne.map((recall) => recall.attempt),
          ofOne.map((_, index) => index + 1),
        );
        assert.ok(ofOne.length <= 3);
        ofOne.slice(1).forEach((recall, index) => {
          assert.ok(recall.atMs - ofOne[index]!.atMs >= 1500);
        });
      }
    }),
  );
});

test('property: never faster than the pace, and the first round in ascending order of peer ids', () => {
  fc.assert(
    fc.property(anyWeather, (weather) => {
      const { recalls } = simulate(weather);
      for (const [index, recall] of recalls.slice(1).entries())
        assert.ok(recall.atMs - recalls[index]!.atMs >= 1);
      const first = recalls.filter((recall) => recall.attempt === 1).map((recall) => recall.client.peerId!);
      assert.deepEqual(
        first,
        first.toSorted((a, b) => a - b),
      );
    }),
  );
});

test('property: it ends, and every client is accounted for', () => {
  fc.assert(
    fc.property(anyWeather, (weather) => {
      const { outcome, endedMs } = simulate(weather);
      assert.ok(outcome !== undefined);
      assert.equal(outcome.present + outcome.left + outcome.missing, weather.clients);
      assert.ok(endedMs < 40_000);
    }),
  );
});

test('without loss everyone who can be recalled is back after one recall', () => {
  const { recalls, outcome } = simulate({
    seed: 7,
    clients: 60,
    loss: 0,
    roundTripMs: 20,
    deafMs: 0,
    duplicated: 0.3,
    jitterMs: 5,
  });
  assert.ok(recalls.every((recall) => recall.attempt === 1));
  assert.equal(outcome?.missing, 0);
});
