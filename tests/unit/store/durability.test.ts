import assert from 'node:assert/strict';
import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { SharedRun } from '../../../src/store/durability/shared-run.ts';
import { WriteAheadLog } from '../../../src/store/durability/write-ahead-log.ts';
import { addUser, directory, openStore } from './workspace.ts';

test('who asks before a run begins shares it, who asks later gets the next, and each learns how its own ended', async () => {
  const runs: PromiseWithResolvers<void>[] = [];
  const shared = new SharedRun(() => {
    const run = Promise.withResolvers<void>();
    runs.push(run);
    return run.promise;
  });
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const first = [shared.join(), shared.join()];
  await turn();
  await turn();
  assert.equal(runs.length, 1);
  const second = [shared.join(), shared.join()];
  await turn();
  assert.equal(runs.length, 1, 'one at a time');
  runs[0]!.reject(new Error('the first'));
  assert.deepEqual(
    new Set((await Promise.allSettled(first)).map(({ status }) => status)),
    new Set(['rejected']),
  );
  await turn();
  await turn();
  assert.equal(runs.length, 2);
  runs[1]!.resolve();
  await Promise.all(second);
});

test('many writes in one turn share one sync', async (context) => {
  const store = openStore(context);
  for (let index = 0; index < 50; index++) addUser(store, `user-${index}`);
  await Promise.all(Array.from({ length: 50 }, () => store.synced()));
  assert.equal(store.users.count(), 50);
});

test('once the disk did not confirm a sync nothing is taken for durable any more', async (context) => {
  const path = join(directory(context), 'tandem.db');
  // A device that cannot be synced.
  symlinkSync('/dev/null', `${path}-wal`);
  const log = new WriteAheadLog(path);
  log.check();
  await assert.rejects(log.synced(), { code: 'store.not-synced' });
  rmSync(`${path}-wal`);
  writeFileSync(`${path}-wal`, 'sound again');
  assert.throws(() => log.check(), { code: 'store.not-synced' });
  assert.throws(() => log.syncNow(), { code: 'store.not-synced' });
  await assert.rejects(log.synced(), { code: 'store.not-synced' });
  log.stop();
});

test('a log that is not there holds nothing that could be lost', async (context) => {
  const log = new WriteAheadLog(join(directory(context), 'tandem.db'));
  log.syncNow();
  await log.synced();
  log.stop();
});
