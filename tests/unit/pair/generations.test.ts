import assert from 'node:assert/strict';
import { createReadStream, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { pino } from 'pino';
import { Backups } from '../../../src/pair/backups.ts';
import { Generations } from '../../../src/pair/generations.ts';
import type { Store } from '../../../src/store/store.ts';
import { addUser, admin, directory, openStore } from '../store/workspace.ts';

const hourMs = 3_600_000;

function backupsOf(context: TestContext, store: Store, now: () => number): Backups {
  return new Backups({
    store,
    nodeName: store.nodeId,
    productVersion: '0.1.0',
    write: async (actor, change) => ({ ...store.write(actor, change), protected: false }),
    refuseUnlessActive: () => {},
    refuseOnFollower: () => {},
    exchange: async (path) => store.replaceWith(path),
    replacedDirectory: directory(context),
    now,
  });
}

function standby(context: TestContext) {
  const store = openStore(context, 'node-b');
  store.openEpoch(admin);
  addUser(store, 'alice');
  const state = { compared: true, now: 1_800_000_000_000 };
  const folder = join(directory(context), 'generations');
  const backups = backupsOf(context, store, () => state.now);
  const generations = new Generations({
    store,
    directory: folder,
    backup: () => backups.create('whole'),
    compared: () => state.compared,
    now: () => state.now,
    log: pino({ level: 'silent' }),
  });
  return { store, state, folder, generations };
}

test('three good copies stay, newest first, each readable by its owner alone', async (context) => {
  const { store, state, folder, generations } = standby(context);
  const positions: string[] = [];
  for (let index = 0; index < 5; index++) {
    const path = await generations.keepWhenDue();
    assert.equal(statSync(path!).mode & 0o777, 0o600);
    positions.unshift(`${store.position.epoch}.${store.position.sequence}`);
    assert.equal(await generations.keepWhenDue(), undefined, 'not twice in a row');
    addUser(store, `user-${index}`);
    state.now += 9 * hourMs;
  }
  assert.deepEqual(
    (await generations.list()).map(({ manifest }) => manifest.position),
    positions.slice(0, 3),
  );
  assert.equal(readdirSync(folder).length, 3, 'nothing else is left behind');
});

test('a copy that was not found the same is not set aside, and what is no copy is not listed', async (context) => {
  const { state, folder, generations } = standby(context);
  assert.deepEqual(await generations.list(), []);
  state.compared = false;
  assert.equal(await generations.keepWhenDue(), undefined);
  state.compared = true;
  await generations.keepWhenDue();
  writeFileSync(join(folder, 'other.backup'), 'something else');
  assert.equal((await generations.list()).length, 1);
});

test('a good copy of earlier is restored like any backup', async (context) => {
  const { store, generations } = standby(context);
  const path = await generations.keepWhenDue();
  store.write(admin, ({ users }) => users.remove('alice'));
  const restored = await backupsOf(context, store, Date.now).restore(admin, createReadStream(path!), {
    dryRun: false,
    force: false,
  });
  assert.equal(restored.done, true);
  assert.deepEqual(
    store.users.list().map(({ name }) => name),
    ['alice'],
  );
});
