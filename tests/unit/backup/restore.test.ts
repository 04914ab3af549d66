import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { headOf, type Manifest, readBackup } from '../../../src/backup/container.ts';
import { Backups } from '../../../src/pair/backups.ts';
import type { Store } from '../../../src/store/store.ts';
import { addUser, admin, directory, openStore } from '../store/workspace.ts';

interface Server {
  readonly store: Store;
  readonly backups: Backups;
}

function server(context: TestContext, name: string, authority: string): Server {
  const store = openStore(context, name);
  store.openEpoch(admin);
  store.write(admin, ({ identity }) => {
    identity.set('ca-certificate', authority);
    identity.set('ca-private-key', `KEY OF ${authority}`);
  });
  const backups = new Backups({
    store,
    nodeName: name,
    productVersion: '0.1.0',
    write: async (actor, change) => ({ ...store.write(actor, change), protected: false }),
    refuseUnlessActive: () => {},
    refuseOnFollower: () => {},
    exchange: async (path) => store.replaceWith(path),
    replacedDirectory: directory(context),
    now: Date.now,
  });
  return { store, backups };
}

function addCertificate(store: Store, serial: string, user: string): void {
  store.write(admin, ({ certificates }) =>
    certificates.add({
      ...{ serial, commonName: `${user}:${serial}`, userName: user, profileName: serial, notAfter: 5 },
      ...{ certificate: 'C', privateKey: `KEY ${serial}`, tlsCryptV2Key: 'T' },
      kind: 'auto-login',
    }),
  );
}

async function bytesOf(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function* of(bytes: Uint8Array): AsyncGenerator<Uint8Array, void> {
  for (let at = 0; at < bytes.length; at += 10_000) yield bytes.subarray(at, at + 10_000);
}

const plain = { dryRun: false, force: false };

test('everything moves to a fresh server, whose journal goes on in a later epoch', async (context) => {
  const one = server(context, 'node-a', 'CA one');
  addUser(one.store, 'alice');
  addCertificate(one.store, 'a1', 'alice');
  const backup = await bytesOf(one.backups.create('whole'));
  const two = server(context, 'node-c', 'CA two');
  addUser(two.store, 'somebody');
  two.store.openEpoch(admin);
  const rehearsed = await two.backups.restore(admin, of(backup), { dryRun: true, force: false });
  assert.match(rehearsed.sentence, /It would be: the state of node-a .*Nothing was changed/);
  assert.deepEqual(
    two.store.users.list().map(({ name }) => name),
    ['somebody'],
  );
  const epoch = two.store.position.epoch;
  await two.backups.restore(admin, of(backup), plain);
  assert.deepEqual(two.store.users.list(), one.store.users.list());
  assert.equal(two.store.certificates.find('a1')?.privateKey, 'KEY a1');
  assert.ok(two.store.position.epoch > epoch);
  assert.equal(two.store.findBrokenLink(), undefined);
});

test('a damaged, cut, lengthened, newer or foreign file changes nothing', async (context) => {
  const { store, backups } = server(context, 'node-a', 'CA');
  addUser(store, 'alice');
  const backup = await bytesOf(backups.create('whole'));
  const before = store.head;
  const flipped = Buffer.from(backup);
  flipped.writeUInt8(flipped.readUInt8(flipped.length - 100) ^ 1, flipped.length - 100);
  const { manifest } = await readBackup(of(backup));
  const later = { ...manifest, schema: 999, product: '9.0.0' } satisfies Manifest;
  const database = backup.subarray(headOf(manifest).length);
  for (const [what, bytes, code] of [
    ['a flipped byte', flipped, 'backup.damaged'],
    ['cut off', backup.subarray(0, backup.length - 1), 'backup.damaged'],
    ['longer', Buffer.concat([backup, Buffer.from('x')]), 'backup.damaged'],
    ['a newer format', Buffer.concat([Buffer.from(headOf(later)), database]), 'backup.newer'],
    ['something else', Buffer.from('hello\nworld\n'), 'backup.not-one'],
    ['nothing', Buffer.alloc(0), 'backup.not-one'],
  ] as const) {
    await assert.rejects(backups.restore(admin, of(bytes), plain), { code }, what);
    assert.deepEqual(store.head, before, what);
  }
});

test('the accounts are added to another server; who is revoked or blocked on either side is so afterwards', async (context) => {
  const one = server(context, 'node-a', 'CA');
  for (const name of ['alice', 'bob']) addUser(one.store, name);
  for (const serial of ['a1', 'a2']) addCertificate(one.store, serial, 'alice');
  one.store.write(admin, ({ certificates, settings }) => {
    certificates.revoke('a2', 99, 'lost');
    settings.set('pair', { secret: 'of the pair' });
  });
  const backup = await bytesOf(one.backups.create('accounts'));
  assert.equal(backup.indexOf('of the pair'), -1, 'what belongs to the pair stays there');
  const two = server(context, 'elsewhere', 'CA');
  for (const name of ['bob', 'carol']) addUser(two.store, name);
  two.store.write(admin, ({ users }) => users.setBlocked('bob', true));
  addCertificate(two.store, 'a2', 'alice');
  const { merged } = await two.backups.restore(admin, of(backup), plain);
  assert.equal(merged?.usersAdded, 1);
  assert.equal(merged?.certificatesAdded, 1);
  assert.equal(merged?.certificatesRevoked, 1);
  assert.deepEqual(
    two.store.users.list().map(({ name }) => name),
    ['alice', 'bob', 'carol'],
  );
  assert.equal(two.store.users.find('bob')?.blocked, true);
  assert.equal(two.store.certificates.find('a2')?.revokedAt, 99);
  assert.equal(two.store.certificates.find('a1')?.kind, 'auto-login');
  const before = two.store.head;
  await two.backups.restore(admin, of(backup), plain);
  assert.deepEqual(two.store.head, before, 'doing it again changes nothing');
});

test('certificates of another authority are refused by a server that has its own, and taken over by one that has none', async (context) => {
  const one = server(context, 'node-a', 'CA one');
  addCertificate(one.store, 'a1', 'alice');
  const backup = await bytesOf(one.backups.create('accounts'));
  const busy = server(context, 'busy', 'CA two');
  addCertificate(busy.store, 'b1', 'bob');
  await assert.rejects(busy.backups.restore(admin, of(backup), plain), { code: 'backup.other-authority' });
  const fresh = server(context, 'fresh', 'CA three');
  const { merged } = await fresh.backups.restore(admin, of(backup), plain);
  assert.equal(merged?.authorityTaken, true);
  assert.equal(fresh.store.identity.get('ca-private-key'), 'KEY OF CA one');
});
