import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Greeting } from '../../../src/core/replication/greeting.ts';
import type { Message } from '../../../src/core/replication/messages.ts';
import { initialReceiver, type ReceiverState, receive } from '../../../src/core/replication/receiver.ts';

const hash = 'a'.repeat(64);
const self: Greeting = {
  protocol: 1,
  oldestProtocol: 1,
  nodeId: 'b',
  nodeName: 'node-b',
  pairId: 'pair',
  role: 'standby',
  product: '1',
  schema: 3,
  head: { position: { epoch: 1, sequence: 4 }, hash },
  wants: 'whatever',
};
const active: Greeting = { ...self, nodeId: 'a', nodeName: 'node-a', role: 'active' };
const entry = {
  position: { epoch: 1, sequence: 5 },
  previousHash: hash,
  hash,
  actor: '{}',
  timeMs: 1,
  changeset: new Uint8Array(1),
};
const offer = { bytes: 4, head: { position: { epoch: 1, sequence: 9 }, hash }, reason: 'new' as const };

function play(messages: readonly Message[], own: Greeting = self) {
  let state: ReceiverState = initialReceiver;
  const done: string[] = [];
  for (const message of messages) {
    const step = receive(state, message, own);
    state = step.state;
    for (const effect of step.effects)
      done.push(effect.do === 'send' ? `send ${effect.message.kind}` : effect.do);
  }
  return { state, done };
}

test('greeting, tail, entries', () => {
  const { state, done } = play([
    { kind: 'greeting', greeting: active },
    { kind: 'tail', after: 4 },
    { kind: 'ping' },
    { kind: 'entry', entry },
  ]);
  assert.deepEqual(done, ['admitted', 'send greeting', 'send acknowledgement', 'send pong', 'apply']);
  assert.equal(state.phase, 'tail');
});

test('greeting, whole copy', () => {
  const chunk = { kind: 'snapshot-chunk', bytes: new Uint8Array(2) } as const;
  const { done } = play([
    { kind: 'greeting', greeting: active },
    { kind: 'snapshot-begin', offer },
    chunk,
    chunk,
    { kind: 'snapshot-end', sha256: hash },
  ]);
  assert.deepEqual(done.slice(2), [
    'snapshot-open',
    'snapshot-append',
    'snapshot-append',
    'snapshot-install',
  ]);
});

for (const [what, bytes] of [
  ['shorter', 3],
  ['longer', 5],
] as const) {
  test(`a copy ${what} than announced is not installed`, () => {
    const { state, done } = play([
      { kind: 'greeting', greeting: active },
      { kind: 'snapshot-begin', offer },
      { kind: 'snapshot-chunk', bytes: new Uint8Array(bytes) },
      { kind: 'snapshot-end', sha256: hash },
    ]);
    assert.equal(state.phase, 'over');
    assert.ok(!done.includes('snapshot-install'));
    assert.ok(done.includes('send complaint'));
  });
}

test('a refused sender hears who we are and why, and nothing else happens', () => {
  const { state, done } = play(
    [
      { kind: 'greeting', greeting: active },
      { kind: 'entry', entry },
    ],
    { ...self, role: 'active' },
  );
  assert.deepEqual(done, ['send greeting', 'send complaint', 'end']);
  assert.equal(state.phase, 'over');
});

test('no order of messages applies anything before an admitted greeting and a choice', () => {
  const message: fc.Arbitrary<Message> = fc.constantFrom<Message>(
    { kind: 'greeting', greeting: active },
    { kind: 'greeting', greeting: { ...active, pairId: 'other' } },
    { kind: 'tail', after: 4 },
    { kind: 'tail', after: 2 },
    { kind: 'entry', entry },
    { kind: 'ping' },
    { kind: 'pong' },
    { kind: 'snapshot-begin', offer },
    { kind: 'snapshot-chunk', bytes: new Uint8Array(4) },
    { kind: 'snapshot-end', sha256: hash },
    { kind: 'acknowledgement', position: { epoch: 1, sequence: 1 } },
    { kind: 'complaint', complaint: { code: 'x', message: 'x', hint: 'x' } },
  );
  fc.assert(
    fc.property(fc.array(message, { maxLength: 12 }), (messages) => {
      const { done } = play(messages);
      const first = (what: string): number => done.indexOf(what);
      if (first('apply') >= 0) {
        assert.ok(first('admitted') >= 0 && first('admitted') < first('send acknowledgement'));
        assert.ok(first('send acknowledgement') < first('apply'));
      }
      if (first('snapshot-install') >= 0) assert.ok(first('admitted') < first('snapshot-append'));
      const end = first('end');
      if (end >= 0) assert.equal(end, done.length - 1);
    }),
  );
});
