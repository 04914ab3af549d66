import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { listQuarantine } from '../../../src/replication/quarantine.ts';
import { Store } from '../../../src/store/store.ts';
import { addUser, admin, contents } from '../store/workspace.ts';
import { isProtected, type Side, senderTo, side, until } from './pair.ts';

/** Both nodes share a history of one epoch and a user, then lose sight of each other. */
async function splitPair(context: Parameters<typeof side>[0]): Promise<{ a: Side; b: Side }> {
  const [a, b] = [await side(context, 'node-a'), await side(context, 'node-b')];
  a.store.openEpoch({ name: 'node-a', via: 'takeover' });
  addUser(a.store, 'shared');
  b.store.apply(...a.store.entriesAfter(0, 10));
  return { a, b };
}

test('I3 nothing lost: entries of a returning node that the active lacks go to quarantine, whole', async (context) => {
  const { a, b } = await splitPair(context);
  addUser(a.store, 'only-on-a');
  a.store.write(admin, ({ users }) => users.setBlocked('shared', true));
  b.store.openEpoch({ name: 'node-b', via: 'takeover' });
  addUser(b.store, 'only-on-b');
  const lost = contents(a.store);
  const lostEntries = a.store.entriesAfter(2, 10);
  const sender = senderTo(context, b.store, a.receiver);
  sender.start();
  await until('protected', isProtected(sender));

  assert.deepEqual(contents(a.store), contents(b.store));
  const directory = join(a.folder, 'quarantine');
  const [generation, ...others] = await listQuarantine(directory);
  assert.deepEqual(others, []);
  assert.ok(generation);
  assert.equal(generation.lost, 2);
  assert.equal(generation.entries, 2);
  assert.equal(generation.commonSequence, 2);
  assert.equal(generation.nodeId, 'node-a');
  assert.equal(generation.activeNodeId, 'node-b');
  const files = join(directory, generation.id);
  assert.deepEqual(readdirSync(files).sort(), ['entries.jsonl', 'manifest.json', 'tandem.db']);
  for (const name of readdirSync(files)) assert.equal(statSync(join(files, name)).mode & 0o777, 0o600, name);
  const lines = readFileSync(join(files, 'entries.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.deepEqual(
    lines.map((line) => line.hash),
    lostEntries.map((entry) => entry.hash),
  );
  assert.equal(lines[0].changes[0].after[0], 'only-on-a');
  assert.deepEqual(Buffer.from(lines[1].changeset, 'base64'), Buffer.from(lostEntries[1]!.changeset));
  const kept = Store.open({ path: join(files, 'tandem.db'), nodeId: 'kept', now: () => 0 });
  assert.deepEqual(contents(kept), lost);
  kept.close();
  assert.deepEqual(sender.status.lastQuarantine, { id: generation.id, lost: 2 });
  assert.equal(a.receiver.status.lastQuarantine?.id, generation.id);
});

test('an epoch that was only opened is recorded, but is no lost data', async (context) => {
  const { a, b } = await splitPair(context);
  a.store.openEpoch({ name: 'node-a', via: 'takeover' });
  b.store.openEpoch({ name: 'node-b', via: 'takeover' });
  addUser(b.store, 'only-on-b');
  const sender = senderTo(context, b.store, a.receiver);
  sender.start();
  await until('protected', isProtected(sender));
  assert.deepEqual(contents(a.store), contents(b.store));
  const [generation] = await listQuarantine(join(a.folder, 'quarantine'));
  assert.equal(generation?.lost, 0);
  assert.equal(generation?.entries, 1);
  assert.deepEqual(readdirSync(join(a.folder, 'quarantine', generation!.id)).sort(), [
    'entries.jsonl',
    'manifest.json',
  ]);
});

test('a returning node whose history is a prefix loses nothing and quarantines nothing', async (context) => {
  const { a, b } = await splitPair(context);
  b.store.openEpoch({ name: 'node-b', via: 'takeover' });
  addUser(b.store, 'only-on-b');
  const sender = senderTo(context, b.store, a.receiver);
  sender.start();
  await until('protected', isProtected(sender));
  assert.deepEqual(contents(a.store), contents(b.store));
  assert.deepEqual(await listQuarantine(join(a.folder, 'quarantine')), []);
});

test('an active that was displaced is refused by who holds newer data, and may go on above that epoch', async (context) => {
  const { a, b } = await splitPair(context);
  b.store.openEpoch({ name: 'node-b', via: 'takeover' });
  addUser(b.store, 'only-on-b');
  const before = contents(b.store);
  const sender = senderTo(context, a.store, b.receiver);
  sender.start();
  await until('refused', () => sender.status.lastError !== undefined);
  assert.equal(sender.status.lastError?.code, 'replication.stale-active');
  assert.match(
    sender.status.lastError.message,
    /node-a serves at position 1\.2, but node-b already holds 2\.4/,
  );
  assert.deepEqual(contents(b.store), before);
  const seen = sender.status.peer?.head.position.epoch;
  assert.equal(seen, 2);
  a.store.openEpoch({ name: 'node-a', via: 'takeover' }, seen);
  await until('protected', isProtected(sender));
  assert.deepEqual(contents(a.store), contents(b.store));
  const [generation] = await listQuarantine(join(b.folder, 'quarantine'));
  assert.equal(generation?.lost, 1);
});

const refusals: readonly [string, string, (b: Side) => object][] = [
  [
    'an active node takes nothing',
    'replication.both-active',
    (b) => {
      b.role = 'active';
      return {};
    },
  ],
  ['a node of another pair is refused', 'replication.wrong-pair', () => ({ pairId: 'pair-2' })],
  [
    'a copied machine with the same node id is refused',
    'replication.same-node',
    () => ({ nodeId: 'node-b' }),
  ],
];
for (const [what, code, arrange] of refusals) {
  test(what, async (context) => {
    const { a, b } = await splitPair(context);
    addUser(a.store, 'alice');
    const before = contents(b.store);
    const sender = senderTo(context, a.store, b.receiver, { self: arrange(b) });
    sender.start();
    await until('refused', () => sender.status.lastError !== undefined);
    assert.equal(sender.status.lastError?.code, code);
    assert.notEqual(sender.status.lastError?.hint, '');
    assert.deepEqual(contents(b.store), before);
  });
}

test('a copy that is not what it should be asks for a whole one by itself', async (context) => {
  const { a, b } = await splitPair(context);
  const raw = new DatabaseSync(b.store.path);
  raw.exec("DELETE FROM user WHERE name = 'shared'");
  raw.close();
  const sender = senderTo(context, a.store, b.receiver);
  sender.start();
  await until('protected', isProtected(sender));
  a.store.write(admin, ({ users }) => users.setBlocked('shared', true));
  await until('healed', () => b.store.users.find('shared')?.blocked === true);
  await until('protected', isProtected(sender));
  assert.deepEqual(contents(b.store), contents(a.store));
});

test('reseed fetches a whole copy on demand', async (context) => {
  const { a, b } = await splitPair(context);
  const sender = senderTo(context, a.store, b.receiver);
  sender.start();
  await until('protected', isProtected(sender));
  const causes: string[] = [];
  b.store.onChange(({ cause }) => causes.push(cause));
  b.receiver.reseed();
  await until('replaced', () => causes.includes('replace'));
  await until('protected', isProtected(sender));
  assert.deepEqual(contents(b.store), contents(a.store));
});

test('a new sender takes the place of one whose end is long gone', async (context) => {
  const { a, b } = await splitPair(context);
  const first = senderTo(context, a.store, b.receiver);
  first.start();
  await until('protected', isProtected(first));
  const second = senderTo(context, a.store, b.receiver);
  second.start();
  await until('the second serves', isProtected(second));
  first.stop();
  addUser(a.store, 'alice');
  assert.equal(await second.acknowledged(a.store.position, 10_000), true);
});

test('old databases in quarantine make room, their entries never do', async (context) => {
  const { a, b } = await splitPair(context);
  for (let round = 0; round < 10; round++) {
    a.store.openEpoch({ name: 'node-a', via: 'takeover' });
    addUser(a.store, `lost-${round}`);
    b.store.openEpoch({ name: 'node-b', via: 'takeover' });
    const sender = senderTo(context, b.store, a.receiver);
    sender.start();
    await until('protected', isProtected(sender));
    sender.stop();
    await until('free', () => a.receiver.status.state === 'waiting');
  }
  const directory = join(a.folder, 'quarantine');
  const generations = await listQuarantine(directory);
  assert.equal(generations.length, 10);
  const kept = generations.map(({ id }) => readdirSync(join(directory, id)));
  assert.equal(kept.filter((names) => names.includes('tandem.db')).length, 8);
  assert.ok(kept.every((names) => names.includes('entries.jsonl')));
  assert.equal(generations.filter(({ databaseRemovedMs }) => databaseRemovedMs !== undefined).length, 2);
});
