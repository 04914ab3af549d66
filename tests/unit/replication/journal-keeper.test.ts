import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultReplicationSettings } from '../../../src/core/replication/settings.ts';
import { JournalKeeper } from '../../../src/replication/journal-keeper.ts';
import { addUser, admin, contents } from '../store/workspace.ts';
import { isProtected, quiet, senderTo, side, until } from './pair.ts';

test('a trimmed journal: who asks for what is gone gets a whole copy, who is near gets the rest', async (context) => {
  const [a, b] = [await side(context, 'node-a'), await side(context, 'node-b')];
  a.store.openEpoch(admin);
  for (let index = 0; index < 1_500; index++) addUser(a.store, `user-${index}`);
  const sender = senderTo(context, a.store, b.receiver);
  const seen: string[] = [];
  sender.onStatus(({ state }) => seen.push(state));
  const connected = async (): Promise<string[]> => {
    seen.length = 0;
    sender.start();
    await until('protected', isProtected(sender));
    return [...seen];
  };
  await connected();
  sender.stop();
  const settings = { ...defaultReplicationSettings, journalDays: 1, auditDays: 3_650 };
  const keeper = new JournalKeeper({
    store: a.store,
    settings: () => settings,
    everywhere: () => 1_501,
    now: () => Date.now() + 2 * 86_400_000,
    log: quiet,
  });
  assert.equal(await keeper.keep(), 501);
  assert.equal(a.store.history.last(5_000).length, 1_501, 'the audit log is whole');
  addUser(a.store, 'near');
  assert.equal((await connected()).includes('snapshot'), false);
  sender.stop();
  assert.equal(b.store.users.find('near')?.name, 'near');
  for (let index = 0; index < 1_200; index++) addUser(a.store, `later-${index}`);
  const patient = new JournalKeeper({
    store: a.store,
    settings: () => settings,
    everywhere: () => 1_502,
    now: () => Date.now() + 2 * 86_400_000,
    log: quiet,
  });
  await patient.keep();
  assert.equal(a.store.firstSequence, 1_503, 'what the standby lacks stays');
  const impatient = new JournalKeeper({
    store: a.store,
    settings: () => settings,
    everywhere: () => a.store.position.sequence,
    now: () => Date.now() + 2 * 86_400_000,
    log: quiet,
  });
  await impatient.keep();
  assert.ok(a.store.firstSequence > 1_503);
  assert.equal((await connected()).includes('snapshot'), true);
  assert.deepEqual(contents(b.store), contents(a.store));
});
