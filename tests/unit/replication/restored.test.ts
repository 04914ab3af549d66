import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Backups } from '../../../src/pair/backups.ts';
import { listQuarantine } from '../../../src/replication/quarantine.ts';
import { addUser, admin, contents, directory } from '../store/workspace.ts';
import { isProtected, type Side, senderTo, side, until } from './pair.ts';

interface Restoring {
  readonly a: Side;
  readonly b: Side;
  readonly restore: () => Promise<void>;
}

/** Two nodes with the same data, and a backup of an earlier moment on the active one. */
async function pairWithBackup(context: TestContext): Promise<Restoring> {
  const [a, b] = [await side(context, 'node-a'), await side(context, 'node-b')];
  a.store.openEpoch({ name: 'node-a', via: 'takeover' });
  const backups = new Backups({
    ...{ store: a.store, nodeName: 'node-a', productVersion: '0.1.0' },
    write: async (actor, change) => ({ ...a.store.write(actor, change), protected: true }),
    refuseUnlessActive: () => {},
    refuseOnFollower: () => {},
    exchange: async (path) => a.store.replaceWith(path),
    replacedDirectory: directory(context),
    now: Date.now,
  });
  addUser(a.store, 'in-the-backup');
  const backup = await Array.fromAsync(backups.create('whole'));
  addUser(a.store, 'made-since');
  b.store.apply(...a.store.entriesAfter(0, 10));
  const source = async function* (): AsyncGenerator<Uint8Array, void> {
    yield* backup;
  };
  return {
    a,
    b,
    restore: async () => {
      await backups.restore(admin, source(), { dryRun: false, force: true });
    },
  };
}

async function followed({ a, b }: Restoring, context: TestContext): Promise<void> {
  const sender = senderTo(context, a.store, b.receiver);
  sender.start();
  await until('protected', isProtected(sender));
  assert.deepEqual(contents(b.store), contents(a.store));
  sender.stop();
}

const quarantined = ({ b }: Restoring) => listQuarantine(join(b.folder, 'quarantine'));

test('a restored backup is no divergence: what it replaced is kept where it was restored', async (context) => {
  const pair = await pairWithBackup(context);
  await pair.restore();
  await followed(pair, context);
  assert.equal(pair.b.store.users.find('made-since'), undefined);
  assert.deepEqual(await quarantined(pair), []);
  assert.equal(pair.b.receiver.status.lastQuarantine, undefined);
});

test('what the standby alone had is put aside all the same', async (context) => {
  const pair = await pairWithBackup(context);
  pair.b.store.openEpoch({ name: 'node-b', via: 'takeover' });
  addUser(pair.b.store, 'only-on-b');
  pair.a.store.openEpoch({ name: 'node-a', via: 'takeover' }, pair.b.store.position.epoch);
  await pair.restore();
  await followed(pair, context);
  assert.equal((await quarantined(pair)).length, 1);
});
