import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { judge } from '../../../src/core/replication/verdict.ts';
import type { Sender } from '../../../src/replication/sender/sender.ts';
import { keepAside } from '../../../src/replication/verification/keep-aside.ts';
import type { Outcome } from '../../../src/replication/verification/records.ts';
import type { Verification } from '../../../src/replication/verification/verification.ts';
import { addUser, admin, afterwards, contents, openStore } from '../store/workspace.ts';
import { breakPageOf, flipByte, flipText, foldLog } from './flip.ts';
import { isProtected, type Side, senderTo, side, until, verificationOf } from './pair.ts';

interface Two {
  readonly active: Side;
  readonly standby: Side;
  readonly sender: Sender;
  readonly here: Verification;
  readonly there: Verification;
  compare(): Promise<Outcome>;
}

async function two(context: TestContext, users = 40): Promise<Two> {
  const active = await side(context, 'node-a');
  const standby = await side(context, 'node-b');
  active.role = 'active';
  active.store.openEpoch(admin);
  const sender = senderTo(context, active.store, standby.receiver);
  sender.start();
  await until('protected', isProtected(sender));
  for (let index = 0; index < users; index++) addUser(active.store, `user-${index}`);
  await until('all there', () => sender.status.lagEntries === 0);
  const here = active.verification;
  const compare = (): Promise<Outcome> =>
    here.compareWith({
      name: 'node-b',
      surveyAt: (head, timeoutMs) => sender.surveyAt(head, timeoutMs),
      tellVerdict: (head, verdict) => sender.tellVerdict(head, verdict),
    });
  return { active, standby, sender, here, there: standby.verification, compare };
}

test('two equal copies compare equal at one position, and both say so', async (context) => {
  const { active, compare, there, sender } = await two(context);
  const outcome = await compare();
  assert.equal(outcome.result, 'compared');
  assert.equal(outcome.position, `1.${active.store.position.sequence}`);
  await until('the standby heard it', () => there.last?.result === 'compared');
  assert.equal(sender.status.state, 'tail', 'the link was not disturbed');
});

test('copies are compared while changes go on, without one missing its answer', async (context) => {
  const { active, compare, sender } = await two(context);
  let index = 0;
  const writing = setInterval(() => addUser(active.store, `meanwhile-${index++}`), 5);
  afterwards(context, () => clearInterval(writing));
  for (let round = 0; round < 3; round++) assert.equal((await compare()).result, 'compared');
  clearInterval(writing);
  await until('protected', () => sender.status.protected && sender.status.lagEntries === 0);
  assert.ok(index > 3);
});

test('a byte that changed in a row on the standby is found, the bad copy is kept and a sound one fetched', async (context) => {
  const { active, standby, compare, there } = await two(context);
  assert.equal((await compare()).result, 'compared');
  await until('heard', () => there.last?.result === 'compared');
  foldLog(standby.store.path);
  flipText(standby.store.path, 'hash of user-1');
  const outcome = await compare();
  assert.equal(outcome.result, 'different');
  assert.match(outcome.sentence, /node-b is DAMAGED \(user\).*rows of user are not what the journal says/);
  await until('a new copy is there', () => there.damaged === undefined && there.incident?.kept !== undefined);
  await until('equal again', () => standby.store.head.hash === active.store.head.hash);
  assert.deepEqual(contents(standby.store), contents(active.store));
  const kept = there.incident?.kept ?? '';
  assert.ok(readFileSync(join(kept, 'tandem.db')).length > 0, 'the bad one is kept');
  assert.equal((await compare()).result, 'compared');
});

test('a byte that changed in a row on the active is found there; the sound copy is not replaced by it', async (context) => {
  const { active, standby, compare, there, here } = await two(context);
  assert.equal((await compare()).result, 'compared');
  await until('heard', () => there.last?.result === 'compared');
  const sound = contents(standby.store);
  foldLog(active.store.path);
  flipText(active.store.path, 'hash of user-2');
  const outcome = await compare();
  assert.match(outcome.sentence, /node-a is DAMAGED.*make it active \(tandem switchover\)/);
  await until('the standby heard it', () => there.last?.result === 'different');
  assert.ok(here.damaged, 'and it is remembered until the copy is replaced');
  assert.equal(there.damaged, undefined);
  assert.deepEqual(contents(standby.store), sound);
});

test('copies that differ without either being damaged by itself: the active one counts, the other is kept', async (context) => {
  const { standby, compare, there } = await two(context);
  foldLog(standby.store.path);
  flipText(standby.store.path, 'hash of user-3');
  const outcome = await compare();
  assert.match(outcome.sentence, /DIFFER \(user\)\. The one on node-b is kept aside and replaced/);
  await until('replaced', () => there.damaged === undefined && there.incident?.kept !== undefined);
  assert.equal((await compare()).result, 'compared');
});

test('a broken page on the standby is found and healed', async (context) => {
  const { active, standby, compare, there } = await two(context, 300);
  foldLog(standby.store.path);
  breakPageOf(standby.store.path, 'hash of user-250');
  const outcome = await compare();
  assert.equal(outcome.result, 'different');
  assert.match(outcome.sentence, /node-b is DAMAGED/);
  await until('replaced', () => there.damaged === undefined && there.incident?.kept !== undefined);
  await until('equal again', () => standby.store.head.hash === active.store.head.hash);
  assert.deepEqual(standby.store.integrityCheck(), []);
  assert.deepEqual(contents(standby.store), contents(active.store));
});

test('a journal entry that changed on the disk is found, and healed on the standby', async (context) => {
  const { active, standby, compare, there } = await two(context);
  const { path } = standby.store;
  foldLog(path);
  const text = Buffer.from('hash of user-5');
  const entries = active.store.entriesAfter(0, 100);
  const changed = entries.find((one) => Buffer.from(one.changeset).includes(text))?.position.sequence;
  // In the row the name stands right before it; in the entry's changeset a type and a length do.
  const bytes = readFileSync(path);
  for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + 1)) {
    if (bytes.toString('latin1', at - 6, at) !== 'user-5') flipByte(path, at + text.length - 1);
  }
  const outcome = await compare();
  assert.match(outcome.sentence, new RegExp(`journal entry ${changed} is not what was written`));
  await until('replaced', () => there.damaged === undefined && there.incident?.kept !== undefined);
  assert.equal(standby.store.findBrokenLink(), undefined);
});

test('an entry that changed on the disk of the active before it was sent is not sent; a whole copy brings the data', async (context) => {
  const { active, standby, sender } = await two(context, 3);
  sender.stop();
  addUser(active.store, 'user-9');
  foldLog(active.store.path);
  const text = Buffer.from('hash of user-9');
  const bytes = readFileSync(active.store.path);
  for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + 1)) {
    if (bytes.toString('latin1', at - 6, at) !== 'user-9') flipByte(active.store.path, at + text.length - 1);
  }
  // The node is started again: nothing of the file is remembered.
  active.store.close();
  const again = senderTo(context, openStore(context, 'node-a', active.folder), standby.receiver);
  again.start();
  await until('said', () => again.status.lastError?.code === 'replication.journal-damaged');
  assert.equal(standby.store.users.find('user-9'), undefined, 'nothing damaged was applied');
  standby.receiver.reseed();
  await until(
    'the data is there',
    () => standby.store.users.find('user-9')?.passwordHash === 'hash of user-9',
  );
});

test('a copy that differs in format while one node is upgraded is not taken for a damaged one', async (context) => {
  const { active } = await two(context, 1);
  const survey = { head: active.store.head, schema: 5, tables: { user: 'a' }, faults: [] };
  assert.equal(judge(survey, { ...survey, schema: 6, tables: { user: 'b' } }).kind, 'incomparable');
});

test('a node alone finds what changed under it since it last looked', async (context) => {
  const active = await side(context, 'node-a');
  const verification = verificationOf(active.store, active.folder);
  for (let index = 0; index < 10; index++) addUser(active.store, `user-${index}`);
  assert.equal((await verification.lookAlone()).result, 'sound');
  active.store.write(admin, ({ users }) =>
    users.change('user-3', { blocked: true, properties: { routes: ['10.0.0.0/8'] } }),
  );
  active.store.write(admin, ({ users }) => users.remove('user-4'));
  assert.equal((await verification.lookAlone()).result, 'sound', 'changes that the journal knows are none');
  foldLog(active.store.path);
  flipText(active.store.path, 'hash of user-7');
  const again = verificationOf(active.store, active.folder);
  const outcome = await again.lookAlone();
  assert.match(
    outcome.sentence,
    /DAMAGED: rows of user are not what the journal says/,
    'also after a restart',
  );
});

test('three bad copies are kept at most', async (context) => {
  const { store, folder } = await side(context, 'node-a');
  for (let index = 0; index < 5; index++)
    await keepAside(store.path, join(folder, 'bad'), 1_700_000_000_000 + index * 1_000);
  assert.equal(readdirSync(join(folder, 'bad')).length, 3);
  assert.ok(existsSync(store.path));
});
