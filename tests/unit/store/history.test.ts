import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { inspectDatabase } from '../../../src/store/snapshot.ts';
import { addUser, admin, directory, openStore } from './workspace.ts';

test('what leaves the journal can still be read in words, and still proves what two nodes share', async (context) => {
  const store = openStore(context);
  store.openEpoch(admin);
  for (let index = 0; index < 20; index++) addUser(store, `user-${index}`);
  const before = store.history.last(1_000);
  const hashes = before.map(({ position }) => store.hashAt(position.sequence));
  store.history.trim(15, 10);
  assert.equal(store.firstSequence, 11, 'in portions');
  store.history.trim(15, 10);
  assert.equal(store.firstSequence, 16);
  assert.equal(store.entryAt(15), undefined);
  assert.deepEqual(store.history.last(1_000), before);
  assert.deepEqual(store.history.last(8), before.slice(-8));
  assert.deepEqual(store.history.last(4, 18), before.slice(13, 17));
  assert.deepEqual(store.history.last(4, 3), before.slice(0, 2));
  assert.deepEqual(
    before.map(({ position }) => store.hashAt(position.sequence)),
    hashes,
  );
  assert.equal(store.findBrokenLink(), undefined);
  assert.deepEqual(store.history.begins().words?.position, { epoch: 1, sequence: 1 });
  assert.equal(store.history.begins().whole, 16);
  const copy = join(directory(context), 'copy.db');
  const head = await store.snapshotTo(copy);
  assert.deepEqual(await inspectDatabase(copy, store), { head, commonPoint: 21 }, 'a copy takes it along');
  store.history.forget(5);
  assert.equal(store.hashAt(5), undefined);
  assert.equal(store.firstKnownSequence, 6);
  assert.deepEqual(store.history.last(1_000), before.slice(5));
});

test('two nodes that trimmed differently find what they share, and no entry more is taken for lost', async (context) => {
  const [ours, theirs] = [openStore(context), openStore(context, 'node-b')];
  ours.openEpoch(admin);
  for (let index = 0; index < 30; index++) addUser(ours, `user-${index}`);
  theirs.apply(...ours.entriesAfter(0, 100));
  addUser(theirs, 'alone');
  ours.openEpoch(admin);
  ours.history.trim(25, 100);
  ours.history.forget(20);
  const copy = join(directory(context), 'copy.db');
  await ours.snapshotTo(copy);
  assert.equal((await inspectDatabase(copy, theirs)).commonPoint, 31);
});

test('entries of the other node never reach what was trimmed', (context) => {
  const [source, copy] = [openStore(context), openStore(context, 'node-b')];
  addUser(source, 'alice');
  addUser(source, 'bob');
  copy.apply(...source.entriesAfter(0, 2));
  source.history.trim(9, 9);
  assert.equal(source.firstSequence, 2, 'the newest entry never goes');
  addUser(source, 'carol');
  copy.apply(...source.entriesAfter(2, 1));
  assert.equal(copy.history.begins().whole, 1, 'each trims for itself');
});
