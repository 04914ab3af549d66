import assert from 'node:assert/strict';
import { test } from 'node:test';
import { admitSender, type Greeting, negotiate } from '../../../src/core/replication/greeting.ts';

const greeting = (changes: Partial<Greeting> = {}, epoch = 3): Greeting => ({
  protocol: 1,
  oldestProtocol: 1,
  nodeId: 'b',
  nodeName: 'node-b',
  pairId: 'pair',
  role: 'standby',
  product: '1.0.0',
  schema: 3,
  head: { position: { epoch, sequence: 9 }, hash: 'f'.repeat(64) },
  wants: 'whatever',
  ...changes,
});
const sender = (changes: Partial<Greeting> = {}, epoch = 3): Greeting =>
  greeting({ nodeId: 'a', nodeName: 'node-a', role: 'active', ...changes }, epoch);

test('both speak the newest protocol that both know', () => {
  assert.deepEqual(negotiate(greeting({ protocol: 3 }), sender({ protocol: 2 })), { protocol: 2 });
  assert.deepEqual(negotiate(greeting({ protocol: 2 }), sender({ protocol: 3, oldestProtocol: 2 })), {
    protocol: 2,
  });
});

const refused: readonly [string, Greeting, Greeting, string][] = [
  [
    'protocols too far apart',
    greeting({ protocol: 1 }),
    sender({ protocol: 3, oldestProtocol: 2 }),
    'replication.protocol',
  ],
  ['another pair', greeting(), sender({ pairId: 'other' }), 'replication.wrong-pair'],
  ['the same node', greeting(), sender({ nodeId: 'b' }), 'replication.same-node'],
  ['two active nodes', greeting({ role: 'active' }), sender(), 'replication.both-active'],
  ['an active that was displaced', greeting(), sender({}, 2), 'replication.stale-active'],
  ['an active with a newer data format', greeting(), sender({ schema: 4 }), 'replication.schema-older'],
];
for (const [what, standby, active, code] of refused) {
  test(`a standby refuses ${what}`, () => {
    const refusal = admitSender(standby, active);
    assert.ok('code' in refusal);
    assert.equal(refusal.code, code);
    assert.ok(refusal.hint.length > 0);
  });
}

test('a standby admits an active of its own or a later epoch, and one with an older data format', () => {
  assert.deepEqual(admitSender(greeting(), sender()), { protocol: 1 });
  assert.deepEqual(admitSender(greeting(), sender({}, 8)), { protocol: 1 });
  assert.deepEqual(admitSender(greeting(), sender({ schema: 2 })), { protocol: 1 });
});
