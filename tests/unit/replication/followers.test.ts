import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { duplexPair } from 'node:stream';
import { type TestContext, test } from 'node:test';
import { type ScopeName, scopes } from '../../../src/core/replication/scope.ts';
import { Feed } from '../../../src/replication/followers/feed.ts';
import { Receiver } from '../../../src/replication/receiver/receiver.ts';
import { Store } from '../../../src/store/store.ts';
import { addUser, admin, afterwards, directory, openStore } from '../store/workspace.ts';
import { flipText, foldLog } from './flip.ts';
import { quiet, selfOf, until, verificationOf } from './pair.ts';

const secrets = ['PRIVATE KEY OF', 'TLS CRYPT KEY OF', 'AUTHORITY KEY', 'TOKEN SECRET', 'web-secret'];

function source(context: TestContext): Store {
  const store = openStore(context, 'node-a');
  store.openEpoch(admin);
  store.write(admin, ({ identity, settings }) => {
    identity.set('ca-certificate', 'AUTHORITY CERTIFICATE');
    identity.set('ca-private-key', 'AUTHORITY KEY');
    identity.set('auth-token-secret', 'TOKEN SECRET');
    settings.set('vpn', { port: 1194 });
    settings.set('unheard-of', 'web-secret');
  });
  for (let index = 0; index < 20; index++) addUserWithProfile(store, index);
  return store;
}

function addUserWithProfile(store: Store, index: number): void {
  addUser(store, `user-${index}`);
  store.write(admin, ({ certificates, clientAddresses }) => {
    certificates.add({
      serial: (index + 1).toString(16),
      commonName: `user-${index}:laptop`,
      userName: `user-${index}`,
      profileName: 'laptop',
      certificate: `CERTIFICATE OF user-${index}`,
      privateKey: `PRIVATE KEY OF user-${index}`,
      tlsCryptV2Key: `TLS CRYPT KEY OF user-${index}`,
      notAfter: 5,
    });
    clientAddresses.assign(`user-${index}:laptop`, `10.8.0.${index + 10}`);
  });
}

interface Follower {
  readonly store: Store;
  readonly receiver: Receiver;
  follow(from: Store, scope?: ScopeName): Feed;
}

async function follower(context: TestContext): Promise<Follower> {
  const folder = directory(context);
  const path = join(folder, 'tandem.db');
  const store = Store.open({ path, nodeId: 'elsewhere', now: Date.now, follower: true });
  store.readOnly = true;
  afterwards(context, () => store.close());
  const verification = verificationOf(store, folder, true);
  afterwards(context, () => verification.stop());
  const receiver = new Receiver({
    store,
    self: selfOf(store),
    role: () => 'standby',
    socketPath: undefined,
    quarantineDirectory: undefined,
    verification,
    log: quiet,
  });
  afterwards(context, () => receiver.close());
  await receiver.open();
  return {
    store,
    receiver,
    follow: (from, scope = 'accounts') => {
      const [near, far] = duplexPair();
      void receiver.accept(far);
      const feed = new Feed({
        store: from,
        self: selfOf(from),
        scope: scopes[scope],
        followerName: 'elsewhere',
        stream: near,
        log: quiet,
      });
      const ended = feed.run();
      afterwards(context, async () => {
        feed.stop();
        await ended;
      });
      return feed;
    },
  };
}

function reached({ store }: Follower, from: Store) {
  return () => store.head.hash === from.head.hash && store.position.sequence === from.position.sequence;
}

function isClean(store: Store): void {
  foldLog(store.path);
  const bytes = readFileSync(store.path);
  for (const secret of secrets)
    assert.equal(bytes.indexOf(secret), -1, `${secret} is in the follower's file`);
}

test('a follower gets a copy without one private key in it, then every change as it is made', async (context) => {
  const active = source(context);
  const one = await follower(context);
  const feed = one.follow(active);
  await until('the copy is there', reached(one, active));
  assert.deepEqual(one.store.users.list(), active.users.list());
  assert.deepEqual(one.store.clientAddresses.list(), active.clientAddresses.list());
  assert.equal(one.store.identity.get('ca-certificate'), 'AUTHORITY CERTIFICATE');
  assert.equal(one.store.identity.get('ca-private-key'), undefined);
  assert.equal(one.store.settings.get('unheard-of'), undefined);
  assert.equal(one.store.certificates.find('1')?.privateKey, '');
  isClean(one.store);

  addUserWithProfile(active, 21);
  active.write(admin, ({ users, certificates }) => {
    users.setBlocked('user-3', true);
    users.remove('user-4');
    certificates.revoke('5', 99, 'lost');
  });
  active.write(admin, ({ settings, identity }) => {
    settings.set('unheard-of', 'web-secret two');
    identity.set('ca-private-key', 'AUTHORITY KEY two');
  });
  await until('the changes are there', reached(one, active));
  assert.deepEqual(one.store.users.list(), active.users.list());
  assert.equal(one.store.certificates.find('5')?.revokedAt, 99);
  assert.equal(one.store.certificates.find('16')?.certificate, 'CERTIFICATE OF user-21');
  isClean(one.store);
  await until('acknowledged', () => feed.status.acknowledged?.sequence === active.position.sequence);
});

test('with the scope of certificates neither a user nor a password leaves', async (context) => {
  const active = source(context);
  const one = await follower(context);
  one.follow(active, 'certificates');
  await until('the copy is there', reached(one, active));
  addUserWithProfile(active, 22);
  await until('the change is there', reached(one, active));
  assert.equal(one.store.users.count(), 0);
  assert.equal(one.store.certificates.list().length, 21);
  foldLog(one.store.path);
  assert.equal(readFileSync(one.store.path).indexOf('hash of user'), -1);
});

test('a follower that was away gets what it missed, not everything again', async (context) => {
  const active = source(context);
  const one = await follower(context);
  const first = one.follow(active);
  await until('the copy is there', reached(one, active));
  first.stop();
  await until('gone', () => first.status.state === 'ended');
  for (let index = 30; index < 40; index++) addUserWithProfile(active, index);
  const states = new Set<string>();
  const again = one.follow(active);
  await until('caught up', () => {
    states.add(again.status.state);
    return reached(one, active)();
  });
  assert.ok(!states.has('snapshot'));
  assert.deepEqual(one.store.users.list(), active.users.list());
});

test('after a takeover it goes on with the new active, which has the same history', async (context) => {
  const active = source(context);
  const other = openStore(context, 'node-b');
  other.apply(...active.entriesAfter(0, 1_000));
  const one = await follower(context);
  const before = one.follow(active);
  await until('the copy is there', reached(one, active));
  before.stop();
  await until('gone', () => before.status.state === 'ended');
  other.openEpoch(admin);
  addUserWithProfile(other, 50);
  const states = new Set<string>();
  const after = one.follow(other);
  await until('it follows the other', () => {
    states.add(after.status.state);
    return reached(one, other)();
  });
  assert.ok(!states.has('snapshot'), 'no whole copy was needed');
  assert.deepEqual(one.store.users.list(), other.users.list());
});

test('what the loser of a split wrote goes away again with a new copy', async (context) => {
  const active = source(context);
  const other = openStore(context, 'node-b');
  other.apply(...active.entriesAfter(0, 1_000));
  const one = await follower(context);
  const before = one.follow(active);
  addUserWithProfile(active, 60);
  await until('it has what the loser wrote', reached(one, active));
  before.stop();
  await until('gone', () => before.status.state === 'ended');
  other.openEpoch(admin);
  addUserWithProfile(other, 61);
  one.follow(other);
  await until('it has the winner’s', reached(one, other));
  assert.deepEqual(one.store.users.list(), other.users.list());
});

test('its copy is compared with what it should have; a byte that changed is found and healed', async (context) => {
  const active = source(context);
  const here = verificationOf(active, directory(context));
  const one = await follower(context);
  const feed = one.follow(active);
  await until('the copy is there', reached(one, active));
  addUserWithProfile(active, 70);
  active.write(admin, ({ users }) => users.remove('user-7'));
  const counterpart = {
    name: 'elsewhere',
    surveyAt: feed.surveyAt.bind(feed),
    tellVerdict: feed.tellVerdict.bind(feed),
  };
  const verdict = await here.compareFollower(counterpart, scopes.accounts);
  assert.deepEqual(verdict, { kind: 'equal' });
  foldLog(one.store.path);
  flipText(one.store.path, 'hash of user-9');
  const worse = await here.compareFollower(counterpart, scopes.accounts);
  assert.ok(worse.kind === 'different' && worse.tables.includes('user'));
  await until('it ended to begin anew', () => feed.status.state === 'ended');
  one.follow(active);
  await until('healed', () => one.store.users.find('user-9')?.passwordHash === 'hash of user-9');
});

test('it is read-only', async (context) => {
  const one = await follower(context);
  assert.throws(() => addUser(one.store, 'somebody'), { code: 'store.read-only' });
});
