/** Nodes of different versions, copied nodes and wrong clocks, over a real link whose frames are rewritten on the way. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type Duplex, duplexPair, Transform } from 'node:stream';
import { type TestContext, test } from 'node:test';
import {
  encodeFrame,
  type Frame,
  FrameDecoder,
  firstOptionalType,
} from '../../../src/core/replication/frame.ts';
import { Store } from '../../../src/store/store.ts';
import { addUser, admin, afterwards, contents, directory } from '../store/workspace.ts';
import { isProtected, type Side, senderTo, side, until } from './pair.ts';

/** What becomes of one frame; several are sent in its place. */
type Rewrite = (frame: Frame) => readonly Frame[];

const asItIs: Rewrite = (frame) => [frame];
const greetingType = 1;

/** What an older build does with what it does not know, and what it never says. */
const withoutOptional: Rewrite = (frame) => (frame.type >= firstOptionalType ? [] : [frame]);

/** A later build says more than this one understands, before and behind everything else. */
const withUnknown: Rewrite = (frame) => {
  const unknown = { type: 200, payload: Buffer.from('{"weather":"fine"}') };
  return frame.type === greetingType ? [frame, unknown] : [unknown, frame, unknown];
};

function greetsWith(fields: object): Rewrite {
  return (frame) => {
    if (frame.type !== greetingType) return [frame];
    const greeting: object = JSON.parse(Buffer.from(frame.payload).toString('utf8'));
    return [{ type: greetingType, payload: Buffer.from(JSON.stringify({ ...greeting, ...fields })) }];
  };
}

function both(first: Rewrite, second: Rewrite): Rewrite {
  return (frame) => first(frame).flatMap(second);
}

/** A link on which what the sender says passes through `out`, and what it hears through `back`. */
function rewritten(near: Duplex, out: Rewrite, back: Rewrite): Duplex {
  const [ours, theirs] = duplexPair();
  const through = (rewrite: Rewrite): Transform => {
    const decoder = new FrameDecoder();
    return new Transform({
      transform(chunk: Buffer, _encoding, done) {
        const frames = decoder.push(chunk).flatMap(rewrite);
        done(null, Buffer.concat(frames.map((frame) => encodeFrame(frame))));
      },
    });
  };
  for (const stream of [near, theirs]) {
    stream.on('error', () => {});
    stream.on('close', () => {
      near.destroy();
      theirs.destroy();
    });
  }
  theirs.pipe(through(out)).pipe(near);
  near.pipe(through(back)).pipe(theirs);
  return ours;
}

async function pairOf(context: TestContext): Promise<{ a: Side; b: Side }> {
  const [a, b] = [await side(context, 'node-a'), await side(context, 'node-b')];
  a.store.openEpoch(admin);
  for (let index = 0; index < 5; index++) addUser(a.store, `user-${index}`);
  return { a, b };
}

const newer = { protocol: 7, oldestProtocol: 1, product: '9.0.0', colour: 'green' };
const goesOn: readonly [string, Rewrite, Rewrite][] = [
  ['a newer standby that says more', asItIs, both(greetsWith(newer), withUnknown)],
  ['a newer active that says more', both(greetsWith(newer), withUnknown), asItIs],
  ['an older standby that lacks every optional message', withoutOptional, withoutOptional],
  ['an active with an older data format', greetsWith({ schema: 1, product: '0.0.9' }), asItIs],
];
for (const [what, out, back] of goesOn) {
  test(`${what}: whole copy, changes and their protection go on`, async (context) => {
    const { a, b } = await pairOf(context);
    const sender = senderTo(context, a.store, b.receiver, { tap: (near) => rewritten(near, out, back) });
    sender.start();
    await until('protected', isProtected(sender));
    addUser(a.store, 'later');
    assert.equal(await sender.acknowledged(a.store.position, 20_000), true);
    assert.deepEqual(contents(b.store), contents(a.store));
  });
}

test('a standby too old to look at its copy is not waited for, and the link stays', async (context) => {
  const { a, b } = await pairOf(context);
  const sender = senderTo(context, a.store, b.receiver, {
    tap: (near) => rewritten(near, withoutOptional, withoutOptional),
  });
  sender.start();
  await until('protected', isProtected(sender));
  await assert.rejects(async () => await sender.surveyAt(a.store.head, 200), /it did not answer/);
  assert.equal(sender.tellSessions({ whole: true, present: [], gone: [] }), true);
  addUser(a.store, 'later');
  assert.equal(await sender.acknowledged(a.store.position, 20_000), true);
});

const refused: readonly [string, Rewrite, Rewrite, string, RegExp][] = [
  [
    'a standby that no longer speaks our protocol',
    asItIs,
    greetsWith({ protocol: 7, oldestProtocol: 5, product: '9.0.0' }),
    'replication.protocol',
    /9\.0\.0.*share no replication protocol/,
  ],
  [
    'an active that no longer speaks our protocol',
    greetsWith({ protocol: 7, oldestProtocol: 5, product: '9.0.0' }),
    asItIs,
    'replication.protocol',
    /9\.0\.0.*share no replication protocol/,
  ],
  [
    'an active with a newer data format',
    greetsWith({ schema: 9_999, product: '9.0.0' }),
    asItIs,
    'replication.schema-older',
    /already writes 9999/,
  ],
  [
    'a copy of this machine, with its node id',
    greetsWith({ nodeId: 'node-b', nodeName: 'node-b' }),
    asItIs,
    'replication.same-node',
    /both ends call themselves node-b/,
  ],
];
for (const [what, out, back, code, words] of refused) {
  test(`${what} is refused in words, and nothing is applied`, async (context) => {
    const { a, b } = await pairOf(context);
    const before = contents(b.store);
    const sender = senderTo(context, a.store, b.receiver, { tap: (near) => rewritten(near, out, back) });
    sender.start();
    const told = (): readonly ({ readonly code: string; readonly message: string } | undefined)[] => [
      sender.status.lastError,
      b.receiver.status.lastError,
    ];
    await until('somebody refused', () => told().some((error) => error?.code === code));
    const refusal = told().find((error) => error?.code === code);
    assert.match(refusal?.message ?? '', words);
    assert.equal(sender.status.protected, false);
    assert.deepEqual(contents(b.store), before);
  });
}

test('one node id twice: both ends say so, with the way out', async (context) => {
  const { a, b } = await pairOf(context);
  const sender = senderTo(context, a.store, b.receiver, { self: { nodeId: 'node-b', nodeName: 'node-b' } });
  sender.start();
  await until('both know', () =>
    [sender.status.lastError, b.receiver.status.lastError].every(
      (error) => error?.code === 'replication.same-node',
    ),
  );
  assert.match(sender.status.lastError?.hint ?? '', /pair the copy again as a new node/);
});

test('clocks that are wrong by hours, in either direction, decide nothing: copy, changes, takeover and return', async (context) => {
  const hourMs = 3_600_000;
  const opened = (nodeId: string, offHours: number): Store => {
    const path = join(directory(context), 'store', 'tandem.db');
    const store = Store.open({ path, nodeId, now: () => Date.now() + offHours * hourMs });
    afterwards(context, () => store.close());
    return store;
  };
  const [a, b] = [await side(context, 'node-a'), await side(context, 'node-b')];
  // What a node seven hours ahead and one five hours behind write down.
  const [ahead, behind] = [opened('node-a', 7), opened('node-b', -5)];
  ahead.openEpoch(admin);
  addUser(ahead, 'alice');
  const toBehind = senderTo(context, ahead, b.receiver);
  toBehind.start();
  await until('protected', isProtected(toBehind));
  assert.equal(toBehind.status.lagMs, 0);
  toBehind.stop();

  // The one whose clock is behind takes over: its epoch is later, though its clock says it was earlier.
  behind.apply(...ahead.entriesAfter(0, 100));
  behind.openEpoch(admin);
  addUser(behind, 'bob');
  assert.ok(behind.entryAt(behind.position.sequence)!.timeMs < ahead.entryAt(1)!.timeMs);
  a.store.apply(...ahead.entriesAfter(0, 100));
  const back = senderTo(context, behind, a.receiver);
  back.start();
  await until('protected', isProtected(back));
  assert.deepEqual(contents(a.store), contents(behind));
  assert.equal(a.receiver.status.lastQuarantine, undefined);
  assert.ok(back.status.lagMs >= 0);
});
