import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { inspectDatabase } from '../../../src/store/snapshot.ts';
import { addUser, contents, directory, openStore } from './workspace.ts';

test('a snapshot taken while writing goes on is of one moment', async (context) => {
  const store = openStore(context);
  for (let index = 0; index < 3000; index++) addUser(store, `before-${index}`);
  const target = join(directory(context), 'copy.db');
  const copying = store.snapshotTo(target);
  let written = 0;
  const writing = setInterval(() => addUser(store, `during-${written++}`), 0);
  const head = await copying.finally(() => clearInterval(writing));
  assert.equal(head.position.sequence, 3000);
  assert.deepEqual(await inspectDatabase(target, store), { head, commonPoint: 3000 });
  assert.equal(statSync(target).mode & 0o777, 0o600);
});

test('a store exchanged for a copy goes on with its data, for everyone who uses it', async (context) => {
  const [source, target] = [openStore(context), openStore(context, 'node-b')];
  for (let index = 0; index < 50; index++) addUser(source, `user-${index}`);
  addUser(target, 'old');
  const { users } = target;
  assert.equal(users.find('old')?.name, 'old');
  const copy = `${target.path}.incoming`;
  await source.snapshotTo(copy);
  const causes: string[] = [];
  target.onChange(({ cause }) => causes.push(cause));
  target.replaceWith(copy);
  assert.deepEqual(causes, ['replace']);
  assert.equal(users.find('old'), undefined);
  assert.deepEqual(contents(target), contents(source));
  assert.equal(existsSync(copy), false);
  addUser(source, 'late');
  target.apply(...source.entriesAfter(50, 10));
  assert.deepEqual(contents(target), contents(source));
  assert.equal(statSync(target.path).mode & 0o777, 0o600);
});

test('a store that something reads is not exchanged', async (context) => {
  const [source, target] = [openStore(context), openStore(context, 'node-b')];
  addUser(source, 'alice');
  for (let index = 0; index < 3000; index++) addUser(target, `user-${index}`);
  const copy = `${target.path}.incoming`;
  await source.snapshotTo(copy);
  const reading = target.snapshotTo(join(directory(context), 'busy.db'));
  addUser(target, 'one-more');
  const before = contents(target);
  assert.throws(() => target.replaceWith(copy), { code: 'store.replace.busy' });
  assert.deepEqual(contents(target), before);
  await reading;
  target.replaceWith(copy);
  assert.deepEqual(contents(target), contents(source));
});

test('a damaged copy is recognised', async (context) => {
  const store = openStore(context);
  for (let index = 0; index < 500; index++) addUser(store, `user-${index}`);
  const target = join(directory(context), 'copy.db');
  await store.snapshotTo(target);
  const bytes = readFileSync(target);
  writeFileSync(target, bytes.subarray(0, bytes.length - 8192));
  await assert.rejects(inspectDatabase(target, store), { code: 'store.damaged' });
  writeFileSync(target, 'no database at all, but long enough to be looked at'.repeat(100));
  await assert.rejects(inspectDatabase(target, store), { code: 'store.damaged' });
});
