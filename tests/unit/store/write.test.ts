import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { genesis } from '../../../src/core/replication/position.ts';
import type { Change } from '../../../src/store/changes.ts';
import { schemaVersion } from '../../../src/store/migrations.ts';
import { Store } from '../../../src/store/store.ts';
import type { Transaction } from '../../../src/store/transaction.ts';
import { addUser, admin, contents, directory, openStore } from './workspace.ts';

test('a new store is empty, private and in the newest format', (context) => {
  const store = openStore(context);
  assert.deepEqual(store.head, genesis);
  assert.equal(statSync(store.path).mode & 0o777, 0o600);
  assert.equal(statSync(`${store.path}-wal`).mode & 0o777, 0o600);
  assert.deepEqual(store.integrityCheck(), []);
});

test('each write is one entry, chained to the one before, with actor and time', (context) => {
  const store = openStore(context);
  const opening = store.openEpoch({ name: 'node-a', via: 'takeover' });
  const { result, entry } = store.write(admin, ({ users, settings }) => {
    users.add({ name: 'alice', passwordHash: 'x', blocked: false, createdAt: 7 });
    settings.set('vpn.port', 1194);
    return 'done';
  });
  assert.equal(result, 'done');
  assert.deepEqual(opening.position, { epoch: 1, sequence: 1 });
  assert.deepEqual(entry?.position, { epoch: 1, sequence: 2 });
  assert.equal(entry?.previousHash, opening.hash);
  assert.equal(entry?.actor, '{"name":"admin","via":"test"}');
  assert.deepEqual(store.entryAt(2), entry);
  assert.deepEqual(store.head, { position: entry?.position, hash: entry?.hash });
  assert.equal(store.findBrokenLink(), undefined);
});

test('the sequence goes on over epochs, and an epoch can be opened above one seen elsewhere', (context) => {
  const store = openStore(context);
  store.openEpoch(admin);
  assert.deepEqual(store.openEpoch(admin, 6).position, { epoch: 7, sequence: 2 });
  assert.deepEqual(store.openEpoch(admin, 3).position, { epoch: 8, sequence: 3 });
});

test('a change that changes nothing makes no entry and tells nobody', (context) => {
  const store = openStore(context);
  addUser(store, 'alice');
  const changes: Change[] = [];
  store.onChange((change) => changes.push(change));
  const before = store.head;
  const idle = store.write(admin, ({ users }) => users.setBlocked('alice', false));
  const undone = store.write(admin, ({ settings }) => {
    settings.set('a', 1);
    settings.unset('a');
  });
  assert.equal(idle.entry, undefined);
  assert.equal(undone.entry, undefined);
  assert.deepEqual(store.head, before);
  assert.deepEqual(changes, []);
});

test('a change that throws leaves nothing behind', (context) => {
  const store = openStore(context);
  addUser(store, 'alice');
  const before = contents(store);
  assert.throws(
    () =>
      store.write(admin, ({ users }) => {
        users.add({ name: 'bob', passwordHash: 'x', blocked: false, createdAt: 1 });
        users.add({ name: 'alice', passwordHash: 'x', blocked: false, createdAt: 1 });
      }),
    { code: 'store.user.exists', culprit: 'caller' },
  );
  assert.deepEqual(contents(store), before);
  addUser(store, 'carol');
  assert.equal(store.position.sequence, 2);
});

test('an asynchronous change is refused and undone', (context) => {
  const store = openStore(context);
  assert.throws(() => store.write(admin, async ({ settings }) => settings.set('a', 1)), {
    code: 'store.write.asynchronous',
  });
  assert.equal(store.settings.get('a'), undefined);
});

test('a transaction is of no use once its write has ended', (context) => {
  const store = openStore(context);
  let kept: Transaction | undefined;
  store.write(admin, (transaction) => {
    kept = transaction;
  });
  assert.throws(() => kept?.settings.set('a', 1), { code: 'store.transaction-over' });
  assert.throws(() => kept?.users.list(), { code: 'store.transaction-over' });
});

test('I4 one writer: a read-only store refuses writes and epochs, and says where to go', (context) => {
  const store = openStore(context);
  store.readOnly = true;
  assert.throws(() => addUser(store, 'alice'), { code: 'store.read-only', culprit: 'caller' });
  assert.throws(() => store.openEpoch(admin), { code: 'store.read-only' });
  assert.deepEqual(store.head, genesis);
});

test('listeners hear of a commit with the tables touched, and their defects do not undo it', (context) => {
  const store = openStore(context);
  const changes: Change[] = [];
  const stop = store.onChange((change) => changes.push(change));
  store.write(admin, ({ users, clientAddresses }) => {
    users.add({ name: 'alice', passwordHash: 'x', blocked: false, createdAt: 1 });
    clientAddresses.assign('alice', '10.8.0.2');
  });
  stop();
  store.openEpoch(admin);
  assert.deepEqual(
    changes.map(({ cause, tables }) => ({ cause, tables: [...tables].sort() })),
    [{ cause: 'write', tables: ['client_address', 'user'] }],
  );
});

test('a change too large for one frame is refused whole', (context) => {
  const store = openStore(context);
  assert.throws(
    () => store.write(admin, ({ settings }) => settings.set('big', 'x'.repeat(13 * 1024 * 1024))),
    {
      code: 'store.write.too-large',
    },
  );
  assert.deepEqual(store.head, genesis);
});

test('a store written by a newer version is refused and left alone', (context) => {
  const folder = directory(context);
  const path = join(folder, 'tandem.db');
  Store.open({ path, nodeId: 'a', now: () => 0 }).close();
  const raw = new DatabaseSync(path);
  raw.exec(`PRAGMA user_version = ${schemaVersion + 1}`);
  raw.close();
  assert.throws(() => Store.open({ path, nodeId: 'a', now: () => 0 }), {
    code: 'store.newer',
    culprit: 'operator',
  });
});

test('data and journal are there after closing and opening again', (context) => {
  const folder = directory(context);
  const store = openStore(context, 'node-a', folder);
  store.openEpoch(admin);
  for (const name of ['alice', 'bob', 'carol']) addUser(store, name);
  const before = contents(store);
  store.close();
  assert.deepEqual(contents(openStore(context, 'node-a', folder)), before);
});
