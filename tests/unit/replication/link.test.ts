import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { test } from 'node:test';
import type { SenderStatus } from '../../../src/replication/sender/status.ts';
import { addUser, admin, contents } from '../store/workspace.ts';
import { isProtected, senderTo, side, until } from './pair.ts';

test('two empty nodes are equal at once, and I2 protected: an acknowledged write is on both', async (context) => {
  const [a, b] = [await side(context, 'node-a'), await side(context, 'node-b')];
  a.store.openEpoch(admin);
  const sender = senderTo(context, a.store, b.receiver);
  sender.start();
  await until('protected', isProtected(sender));
  for (let index = 0; index < 20; index++) {
    addUser(a.store, `user-${index}`);
    assert.equal(await sender.acknowledged(a.store.position, 10_000), true);
    assert.equal(b.store.users.find(`user-${index}`)?.name, `user-${index}`);
    assert.equal(sender.status.protected, true);
  }
  assert.deepEqual(contents(b.store), contents(a.store));
  assert.equal(sender.status.lagEntries, 0);
  assert.equal(b.receiver.status.state, 'tail');
});

test('a new standby gets a whole copy, then what was written meanwhile', async (context) => {
  const [a, b] = [await side(context, 'node-a'), await side(context, 'node-b')];
  a.store.openEpoch(admin);
  for (let index = 0; index < 2000; index++) addUser(a.store, `user-${index}`);
  const sender = senderTo(context, a.store, b.receiver);
  const seen = new Set<SenderStatus['state']>();
  sender.onStatus(({ state }) => seen.add(state));
  sender.start();
  let during = 0;
  const writing = setInterval(() => addUser(a.store, `during-${during++}`), 1);
  await until('protected', isProtected(sender)).finally(() => clearInterval(writing));
  assert.equal(await sender.acknowledged(a.store.position, 10_000), true);
  assert.ok(seen.has('snapshot'));
  assert.deepEqual(contents(b.store), contents(a.store));
  for (const { store } of [a, b]) {
    const names = readdirSync(dirname(store.path)).sort();
    assert.deepEqual(names, ['tandem.db', 'tandem.db-shm', 'tandem.db-wal'], 'copies are cleaned up');
  }
});

test('a standby that was away gets what it missed as entries, not as a copy', async (context) => {
  const [a, b] = [await side(context, 'node-a'), await side(context, 'node-b')];
  a.store.openEpoch(admin);
  const sender = senderTo(context, a.store, b.receiver);
  sender.start();
  await until('protected', isProtected(sender));
  sender.stop();
  for (let index = 0; index < 1500; index++) addUser(a.store, `user-${index}`);
  const seen = new Set<SenderStatus['state']>();
  sender.onStatus(({ state }) => seen.add(state));
  sender.start();
  await until('protected', isProtected(sender));
  assert.equal(seen.has('snapshot'), false);
  assert.deepEqual(contents(b.store), contents(a.store));
});

test('many waiting writers share acknowledgements, and order does not matter', async (context) => {
  const [a, b] = [await side(context, 'node-a'), await side(context, 'node-b')];
  a.store.openEpoch(admin);
  const sender = senderTo(context, a.store, b.receiver);
  sender.start();
  await until('protected', isProtected(sender));
  const answers = Array.from({ length: 200 }, (_, index) => {
    addUser(a.store, `user-${index}`);
    return sender.acknowledged(a.store.position, 20_000);
  });
  assert.deepEqual(new Set(await Promise.all(answers.reverse())), new Set([true]));
  assert.deepEqual(contents(b.store), contents(a.store));
});

test('without a standby a writer is not kept waiting, and the status says why', async (context) => {
  const a = await side(context, 'node-a');
  a.store.openEpoch(admin);
  const sender = senderTo(context, a.store, () => undefined);
  sender.start();
  await until('an attempt', () => sender.status.lastError !== undefined);
  addUser(a.store, 'alice');
  assert.equal(await sender.acknowledged(a.store.position, 60_000), false);
  const { status } = sender;
  assert.equal(status.protected, false);
  assert.equal(status.connected, false);
  assert.equal(status.lagEntries, 2);
  assert.equal(status.sentence, 'the standby has not been reached yet (cut).');
});

test('a standby that does not answer in time: false, unprotected, and protected again once it caught up', async (context) => {
  const [a, b] = [await side(context, 'node-a'), await side(context, 'node-b')];
  a.store.openEpoch(admin);
  let held: (() => void)[] | undefined;
  const sender = senderTo(context, a.store, b.receiver, {
    tap: (near) => {
      // Acknowledgements are kept back for a while.
      const push = near.push.bind(near);
      near.push = (chunk) => {
        if (held === undefined) return push(chunk);
        held.push(() => push(chunk));
        return true;
      };
      return near;
    },
  });
  sender.start();
  await until('protected', isProtected(sender));
  const changes: boolean[] = [];
  sender.onStatus((status) => changes.push(status.protected));
  held = [];
  addUser(a.store, 'alice');
  assert.equal(sender.status.protected, true, 'nobody was told yet');
  assert.equal(await sender.acknowledged(a.store.position, 100), false);
  assert.equal(sender.status.protected, false);
  assert.match(sender.status.sentence, /answers too slowly; 1 change is on this node only/);
  const late = held;
  held = undefined;
  for (const release of late) release();
  await until('protected again', isProtected(sender));
  assert.deepEqual(changes, [false, true]);
});

test('stop lets waiting writers go, and nothing is sent afterwards', async (context) => {
  const [a, b] = [await side(context, 'node-a'), await side(context, 'node-b')];
  a.store.openEpoch(admin);
  const sender = senderTo(context, a.store, b.receiver);
  sender.start();
  await until('protected', isProtected(sender));
  addUser(a.store, 'alice');
  const answer = sender.acknowledged(a.store.position, 60_000);
  sender.stop();
  assert.equal(await answer, false);
  assert.equal(sender.status.state, 'stopped');
  addUser(a.store, 'bob');
  await until('the receiver noticed', () => b.receiver.status.state === 'waiting');
  assert.equal(b.store.users.find('bob'), undefined);
});

test('a receiver closed at promotion applies nothing more, from that moment on', async (context) => {
  const [a, b] = [await side(context, 'node-a'), await side(context, 'node-b')];
  a.store.openEpoch(admin);
  const sender = senderTo(context, a.store, b.receiver);
  sender.start();
  await until('protected', isProtected(sender));
  for (let index = 0; index < 50; index++) addUser(a.store, `user-${index}`);
  const closing = b.receiver.close();
  const { position } = b.store;
  await closing;
  b.store.openEpoch({ name: 'node-b', via: 'takeover' });
  await until('the sender lost the link', () => !sender.status.connected);
  assert.deepEqual(b.store.position, { epoch: position.epoch + 1, sequence: position.sequence + 1 });
});
