import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  applyNotice,
  endpointName,
  type FactTable,
  mostFacts,
  NO_FACTS,
  nextNotice,
  type SessionFact,
} from '../../../src/core/recall/session-fact.ts';

function fact(number: number, more: Partial<SessionFact> = {}): SessionFact {
  return {
    commonName: `user${number}:default`,
    address: `203.0.${number >> 8}.${number & 0xff}`,
    port: 40_000,
    vpnAddress: '10.8.0.2',
    sinceSeconds: 1,
    version: '2.6.14',
    peerId: number,
    ...more,
  };
}

const tableOf = (...facts: SessionFact[]): FactTable => new Map(facts.map((one) => [endpointName(one), one]));

const anyTable = fc
  .uniqueArray(fc.record({ number: fc.nat(20), since: fc.nat(3) }), { selector: (one) => one.number })
  .map((list) => tableOf(...list.map(({ number, since }) => fact(number, { sinceSeconds: since }))));

test('property: whatever the tables were, the listener ends with the same, in bounded notices', () => {
  fc.assert(
    fc.property(fc.array(anyTable, { minLength: 1 }), fc.integer({ min: 1, max: 7 }), (tables, most) => {
      let told: FactTable | undefined;
      let heard: FactTable = tableOf(fact(99));
      for (const current of tables) {
        for (;;) {
          const next = nextNotice(told, current, most);
          if (next === undefined) break;
          assert.ok(next.notice.present.length + next.notice.gone.length <= most);
          told = next.told;
          heard = applyNotice(heard, next.notice);
        }
        assert.deepEqual(new Map([...heard].sort()), new Map([...current].sort()));
      }
    }),
  );
});

test('a listener who was told nothing yet forgets what it knew from another time', () => {
  const next = nextNotice(undefined, NO_FACTS, 10);
  assert.deepEqual(next?.notice, { whole: true, present: [], gone: [] });
  assert.equal(applyNotice(tableOf(fact(1)), next!.notice).size, 0);
});

test('a version that was heard once is not lost when the server that heard it is restarted', () => {
  const heard = tableOf(fact(1));
  const again = { ...fact(1), version: undefined };
  const after = applyNotice(heard, { whole: true, present: [again], gone: [] });
  assert.equal(after.get(endpointName(again))?.version, '2.6.14');
  const other = { ...again, sinceSeconds: 7 };
  assert.equal(
    applyNotice(heard, { whole: true, present: [other], gone: [] }).get(endpointName(other))?.version,
    undefined,
  );
});

test('the table has a limit', () => {
  const many = Array.from({ length: mostFacts + 5 }, (_, number) => fact(number, { port: number + 1 }));
  assert.equal(applyNotice(NO_FACTS, { whole: true, present: many, gone: [] }).size, mostFacts);
});
