import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Write } from '../../../src/accounts/write.ts';
import { Divergences } from '../../../src/pair/divergences.ts';
import { isProtected, senderTo, side, until } from '../replication/pair.ts';
import { addUser, admin } from '../store/workspace.ts';

/** After a split: node-b serves, node-a came back and put three changes of its own aside. */
async function afterSplit(
  context: TestContext,
): Promise<{ here: Divergences; there: Divergences; id: string }> {
  const [a, b] = [await side(context, 'node-a'), await side(context, 'node-b')];
  a.store.openEpoch(admin);
  addUser(a.store, 'alice');
  addUser(a.store, 'carol');
  b.store.apply(...a.store.entriesAfter(0, 10));
  a.store.write(admin, ({ users }) => users.setBlocked('alice', true));
  a.store.write(admin, ({ users }) => users.setBlocked('carol', true));
  addUser(a.store, 'dave');
  b.store.openEpoch({ name: 'node-b', via: 'takeover' });
  b.store.write(admin, ({ users }) => users.remove('carol'));
  const sender = senderTo(context, b.store, a.receiver);
  sender.start();
  await until('protected', isProtected(sender));
  a.store.readOnly = true;
  const of = (one: typeof a): Divergences => {
    const write: Write = async (actor, change) => ({
      result: one.store.write(actor, change).result,
      protected: true,
    });
    return new Divergences({
      store: one.store,
      directory: join(one.folder, 'quarantine'),
      write,
      now: () => 1_700_000_000_000,
    });
  };
  const [here, there] = [of(a), of(b)];
  const [divergence] = await here.list();
  return { here, there, id: divergence!.manifest.id };
}

test('what a returning node alone had is listed, and each change can be read as words', async (context) => {
  const { here, id } = await afterSplit(context);
  assert.equal(await here.undecided(), 3);
  const { entries } = await here.show(id);
  const { store } = await side(context, 'reader');
  const words = entries.map(({ changeset }) => store.inWords(changeset).join());
  assert.deepEqual(words.slice(0, 2), [
    'user alice: blocked false → true',
    'user carol: blocked false → true',
  ]);
  assert.match(words[2]!, /^user dave: added/);
  assert.doesNotMatch(words[2]!, /hash of/, 'I8: no secret in words');
});

test('a standby refuses to make a change again; exported and imported, the active node does', async (context) => {
  const { here, there, id } = await afterSplit(context);
  const { entries } = await here.show(id);
  const [alice, carol, dave] = entries.map(({ position }) => position.sequence);
  await assert.rejects(here.reapply(admin, id, alice), { code: 'store.read-only' });
  assert.equal(await here.undecided(), 3, 'a refusal decides nothing');

  const text = await here.export(id);
  assert.deepEqual((await there.import(text)).id, id);
  await assert.rejects(there.import(text), { code: 'replica.divergence.exists' });
  assert.deepEqual(await there.reapply(admin, id, alice), { reapplied: 1, protected: true });
  await assert.rejects(there.reapply(admin, id, alice), { code: 'replica.divergence.settled' });

  await assert.rejects(there.reapply(admin, id, carol), {
    code: 'replica.divergence.conflict',
    message: /Entry \d+ \(user carol: blocked false → true\) does not fit any more/,
  });
  assert.equal(await there.discard(admin, id, carol, 'carol has left'), 1);
  assert.deepEqual(await there.reapply(admin, id, undefined), { reapplied: 1, protected: true });
  assert.equal(await there.undecided(), 0);
  const settled = (await there.show(id)).entries.map((entry) => [
    entry.position.sequence,
    entry.settled?.how,
  ]);
  assert.deepEqual(settled, [
    [alice, 'reapplied'],
    [carol, 'discarded'],
    [dave, 'reapplied'],
  ]);
});

test('what is damaged, unknown or tries to leave the folder is refused with what to do', async (context) => {
  const { here, there, id } = await afterSplit(context);
  const text = await here.export(id);
  await assert.rejects(here.show('../../etc'), { code: 'replica.divergence.unknown' });
  await assert.rejects(here.discard(admin, id, 4711, 'x'), { code: 'replica.divergence.entry.unknown' });
  const broken = ['', 'no json', text.split('\n').slice(0, 2).join('\n'), text.replace(id, '../../../tmp/x')];
  for (const one of broken) await assert.rejects(there.import(one), { code: 'replica.divergence.malformed' });
});
