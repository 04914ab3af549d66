import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import type { JournalEntry } from '../../../src/core/replication/entry.ts';
import type { ApplyError } from '../../../src/store/errors.ts';
import { readChangeset } from '../../../src/store/journal/changeset.ts';
import { hashEntry } from '../../../src/store/journal/entry.ts';
import { addUser, admin, contents, openStore } from './workspace.ts';

test('entries applied in order make an equal copy, one by one and in batches', (context) => {
  const [source, one, many] = [
    openStore(context),
    openStore(context, 'node-b'),
    openStore(context, 'node-c'),
  ];
  source.openEpoch(admin);
  for (let index = 0; index < 40; index++) addUser(source, `user-${index}`);
  source.write(admin, ({ users, clientAddresses, certificates, settings, identity }) => {
    users.remove('user-3');
    users.setBlocked('user-4', true);
    clientAddresses.assign('user-4', '10.8.0.4');
    settings.set('vpn.network', { ipv4: '10.8.0.0/24' });
    identity.set('crl-number', '2');
    certificates.add({
      serial: 'ab12',
      commonName: 'user-4',
      userName: 'user-4',
      profileName: 'laptop',
      certificate: 'C',
      privateKey: 'K',
      tlsCryptV2Key: 'T',
      notAfter: 9,
    });
  });
  source.write(admin, ({ certificates, clientAddresses }) => {
    certificates.revoke('ab12', 77, 'lost');
    clientAddresses.release('user-4');
  });
  const entries = source.entriesAfter(0, 1000);
  for (const entry of entries) one.apply(entry);
  many.apply(...entries);
  assert.deepEqual(contents(one), contents(source));
  assert.deepEqual(contents(many), contents(source));
  assert.equal(one.identity.get('crl-number'), '2');
  assert.equal(one.certificates.revoked()[0]?.revocationReason, 'lost');
});

test('swapping two unique addresses applies', (context) => {
  const [source, copy] = [openStore(context), openStore(context, 'node-b')];
  source.write(admin, ({ clientAddresses }) => {
    clientAddresses.assign('alice', '10.8.0.2');
    clientAddresses.assign('bob', '10.8.0.3');
  });
  source.write(admin, ({ clientAddresses }) => {
    clientAddresses.release('alice');
    clientAddresses.assign('bob', '10.8.0.2');
    clientAddresses.assign('alice', '10.8.0.3');
  });
  copy.apply(...source.entriesAfter(0, 10));
  assert.deepEqual(contents(copy), contents(source));
});

const rehashed = (entry: JournalEntry): JournalEntry => ({ ...entry, hash: hashEntry(entry) });

const unfit: readonly [string, (entry: JournalEntry) => JournalEntry][] = [
  [
    'sequence',
    (entry) => rehashed({ ...entry, position: { ...entry.position, sequence: entry.position.sequence + 1 } }),
  ],
  ['epoch', (entry) => rehashed({ ...entry, position: { ...entry.position, epoch: 0 } })],
  ['previous-hash', (entry) => rehashed({ ...entry, previousHash: '11'.repeat(32) })],
  ['hash', (entry) => ({ ...entry, actor: entry.actor.replace('admin', 'mallory') })],
  ['hash', (entry) => ({ ...entry, changeset: flipped(entry.changeset) })],
  ['changeset', (entry) => rehashed({ ...entry, changeset: Uint8Array.of(0x54, 200, 1, 2) })],
  [
    'table',
    (entry) =>
      rehashed({
        ...entry,
        changeset: Buffer.from(
          Buffer.from(entry.changeset).toString('latin1').replace('user', 'uses'),
          'latin1',
        ),
      }),
  ],
];

for (const [fault, spoil] of unfit) {
  test(`an entry that does not fit (${fault}) is refused, and nothing of its batch is applied`, (context) => {
    const [source, copy] = [openStore(context), openStore(context, 'node-b')];
    source.openEpoch(admin);
    for (const name of ['alice', 'bob']) addUser(source, name);
    const [opening, alice, bob] = source.entriesAfter(0, 10);
    copy.apply(opening!);
    const before = contents(copy);
    assert.throws(() => copy.apply(alice!, spoil(bob!)), { code: `store.apply.${fault}` });
    assert.deepEqual(contents(copy), before);
    copy.apply(alice!, bob!);
    assert.deepEqual(contents(copy), contents(source));
  });
}

test('data that is not what it was on the other node is a conflict, and nothing is applied', (context) => {
  const [source, copy] = [openStore(context), openStore(context, 'node-b')];
  addUser(source, 'alice');
  copy.apply(...source.entriesAfter(0, 10));
  source.write(admin, ({ users, settings }) => {
    settings.set('a', 1);
    users.setBlocked('alice', true);
  });
  const raw = new DatabaseSync(copy.path);
  raw.exec("DELETE FROM user WHERE name = 'alice'");
  raw.close();
  assert.throws(() => copy.apply(...source.entriesAfter(1, 10)), { code: 'store.apply.conflict' });
  assert.equal(copy.settings.get('a'), undefined);
  assert.equal(copy.position.sequence, 1);
});

test('a read-only store applies what the active sends', (context) => {
  const [source, copy] = [openStore(context), openStore(context, 'node-b')];
  copy.readOnly = true;
  addUser(source, 'alice');
  copy.apply(...source.entriesAfter(0, 10));
  assert.equal(copy.users.find('alice')?.name, 'alice');
});

test('a changeset can be read back as rows', (context) => {
  const store = openStore(context);
  addUser(store, 'alice');
  const entry = store.write(admin, ({ users }) => users.setBlocked('alice', true)).entry!;
  const [update] = readChangeset(entry.changeset);
  assert.deepEqual([update?.table, update?.operation], ['user', 'update']);
  // The columns of version 1; later ones follow.
  assert.deepEqual(update?.before.slice(0, 4), ['alice', undefined, 0, undefined]);
  assert.deepEqual(update?.after.slice(0, 4), [undefined, undefined, 1, undefined]);
  const removal = store.write(admin, ({ users }) => users.remove('alice')).entry!;
  const [deletion] = readChangeset(removal.changeset);
  assert.deepEqual([deletion?.table, deletion?.operation, deletion?.after], ['user', 'delete', []]);
  assert.deepEqual(deletion?.before.slice(0, 4), ['alice', 'hash of alice', 1, 1]);
});

function flipped(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  copy[copy.length - 1] = (copy.at(-1) ?? 0) ^ 4;
  return copy;
}

test('in a batch where one entry does not fit, that one is named and nothing of the batch is applied', (context) => {
  const [source, copy] = [openStore(context), openStore(context, 'node-b')];
  for (let index = 0; index < 10; index++) addUser(source, `user-${index}`);
  copy.apply(...source.entriesAfter(0, 10));
  for (let index = 0; index < 10; index++)
    source.write(admin, ({ users }) => users.setBlocked(`user-${index}`, true));
  const foreign = new DatabaseSync(copy.path);
  foreign.exec("UPDATE user SET blocked = 1 WHERE name = 'user-6'");
  foreign.close();
  const before = contents(copy);
  assert.throws(
    () => copy.apply(...source.entriesAfter(10, 100)),
    (error: ApplyError) => error.fault === 'conflict' && error.position.sequence === 17,
  );
  assert.deepEqual(contents(copy), before);
  copy.apply(...source.entriesAfter(10, 6));
  assert.equal(copy.position.sequence, 16);
});

test('a batch in which addresses go around applies as its entries would one by one', (context) => {
  const [source, copy] = [openStore(context), openStore(context, 'node-b')];
  const names = ['alice', 'bob', 'carol'];
  for (let round = 0; round < 12; round++) {
    source.write(admin, ({ clientAddresses }) => {
      if (round > 0) for (const name of names) clientAddresses.release(name);
      for (const [index, name] of names.entries())
        clientAddresses.assign(name, `10.8.0.${((index + round) % names.length) + 2}`);
    });
  }
  copy.apply(...source.entriesAfter(0, 100));
  assert.deepEqual(contents(copy), contents(source));
});
