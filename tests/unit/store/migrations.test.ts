import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { schemaVersion } from '../../../src/store/migrations.ts';
import { Store } from '../../../src/store/store.ts';
import { addUser, directory } from './workspace.ts';

test('a database of an older version is brought up to date with its data', (context) => {
  const path = join(directory(context), 'tandem.db');
  const old = new DatabaseSync(path);
  const first = new URL('../../../src/store/migrations/0001-accounts.sql', import.meta.url);
  old.exec(readFileSync(first, 'utf8'));
  old.exec("PRAGMA user_version = 1; INSERT INTO user VALUES ('alice', 'x', 0, 5)");
  old.close();
  const store = Store.open({ path, nodeId: 'node-a', now: () => 0 });
  assert.equal(store.users.find('alice')?.createdAt, 5);
  addUser(store, 'bob');
  store.close();
  const raw = new DatabaseSync(path, { readOnly: true });
  assert.equal(raw.prepare('PRAGMA user_version').get()?.['user_version'], schemaVersion);
  raw.close();
});

test('a step that fails leaves the database as it was', (context) => {
  const path = join(directory(context), 'tandem.db');
  const odd = new DatabaseSync(path);
  odd.exec('CREATE TABLE setting (mine TEXT)');
  odd.close();
  assert.throws(() => Store.open({ path, nodeId: 'node-a', now: () => 0 }), /already exists/);
  const raw = new DatabaseSync(path, { readOnly: true });
  const names = raw
    .prepare('SELECT name FROM sqlite_schema')
    .all()
    .map((row) => row['name']);
  raw.close();
  assert.deepEqual(names, ['setting']);
});
