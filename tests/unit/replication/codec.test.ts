import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FrameDecoder } from '../../../src/core/replication/frame.ts';
import type { Message } from '../../../src/core/replication/messages.ts';
import { decodeMessage, encodeMessage } from '../../../src/replication/codec.ts';

const head = { position: { epoch: 2, sequence: 7 }, hash: 'ab'.repeat(32) };
const messages: readonly Message[] = [
  {
    kind: 'greeting',
    greeting: {
      protocol: 1,
      oldestProtocol: 1,
      nodeId: 'a',
      nodeName: 'node-a',
      pairId: 'p',
      role: 'active',
      product: '1',
      schema: 3,
      head,
      wants: 'whatever',
    },
  },
  { kind: 'complaint', complaint: { code: 'replication.x', message: 'why', hint: 'what next' } },
  { kind: 'tail', after: 4 },
  { kind: 'snapshot-begin', offer: { bytes: 10, head, reason: 'diverged' } },
  { kind: 'snapshot-chunk', bytes: Uint8Array.of(1, 2, 3) },
  { kind: 'snapshot-end', sha256: 'cd'.repeat(32) },
  {
    kind: 'entry',
    entry: {
      position: head.position,
      previousHash: 'ef'.repeat(32),
      hash: head.hash,
      actor: '{"name":"ä"}',
      timeMs: 1_700_000_000_000,
      changeset: Buffer.from([9, 8]),
    },
  },
  { kind: 'acknowledgement', position: head.position },
  { kind: 'quarantined', notice: { id: '2.7-abc', lost: 3 } },
  { kind: 'ping' },
  { kind: 'pong' },
];

for (const message of messages) {
  test(`a ${message.kind} message arrives as it was sent`, () => {
    const [frame] = new FrameDecoder().push(encodeMessage(message));
    assert.deepEqual(decodeMessage(frame!), { message });
  });
}

test('whatever a frame holds, decoding gives a message or a reason', () => {
  fc.assert(
    fc.property(fc.nat(255), fc.uint8Array({ maxLength: 200 }), (type, payload) => {
      const decoded = decodeMessage({ type, payload });
      assert.ok('message' in decoded || ['unknown-type', 'malformed', 'ignore'].includes(decoded.fault));
    }),
    { numRuns: 2000 },
  );
});

test('a spoiled payload of a known type gives a message or a reason', () => {
  fc.assert(
    fc.property(fc.constantFrom(...messages), fc.nat(), fc.nat(255), (message, at, value) => {
      const [frame] = new FrameDecoder().push(encodeMessage(message));
      if (frame!.payload.length === 0) return;
      const payload = frame!.payload.slice();
      payload[at % payload.length] = value;
      decodeMessage({ type: frame!.type, payload });
      decodeMessage({ type: frame!.type, payload: payload.subarray(0, at % payload.length) });
    }),
    { numRuns: 2000 },
  );
});

test('types that newer versions add are ignored where that is allowed, refused where not', () => {
  const payload = new Uint8Array(3);
  assert.deepEqual(decodeMessage({ type: 0xf0, payload }), { fault: 'ignore' });
  assert.deepEqual(decodeMessage({ type: 0x70, payload }), { fault: 'unknown-type' });
});

test('unknown fields of a greeting are ignored, so that newer versions can say more', () => {
  const greeting = { ...(messages[0] as Message & { kind: 'greeting' }).greeting, mood: 'good' };
  const decoded = decodeMessage({ type: 1, payload: Buffer.from(JSON.stringify(greeting)) });
  assert.ok('message' in decoded);
});
