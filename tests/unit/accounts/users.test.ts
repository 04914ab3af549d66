import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { createIdentity } from '../../../src/accounts/identity.ts';
import { Profiles } from '../../../src/accounts/profiles.ts';
import { UserAccounts } from '../../../src/accounts/users.ts';
import type { Write } from '../../../src/accounts/write.ts';
import type { Store } from '../../../src/store/store.ts';
import { admin, openStore } from '../store/workspace.ts';

const now = Date.UTC(2027, 0, 1);

async function office(
  context: TestContext,
): Promise<{ store: Store; users: UserAccounts; profiles: Profiles }> {
  const store = openStore(context);
  const write: Write = async (actor, change) => ({
    result: store.write(actor, change).result,
    protected: true,
  });
  store.write(admin, await createIdentity(new Date(now)));
  const users = new UserAccounts({ store, write, now: () => now });
  const profiles = new Profiles({ store, write, nodeAddress: '10.99.0.1', now: () => now });
  await users.add(admin, { name: 'alice', password: 'right horse' });
  return { store, users, profiles };
}

describe('what is set for a user', () => {
  it('is kept, and what is not named stays', async (context) => {
    const { users } = await office(context);
    await users.set(admin, 'alice', { administrator: true, routes: ['10.20.0.0/16', '10.20.0.0/16'] });
    await users.set(admin, 'alice', { expiresAt: now + 1 });
    const { administrator, routes, expiresAt, blocked } = users.show('alice');
    assert.deepEqual(
      { administrator, routes, expiresAt, blocked },
      { administrator: true, routes: ['10.20.0.0/16'], expiresAt: now + 1, blocked: false },
    );
    await users.set(admin, 'alice', { expiresAt: null, routes: [] });
    assert.equal(users.show('alice').expiresAt, undefined);
    assert.deepEqual(users.show('alice').routes, []);
  });

  it('is refused by name when it cannot be, and nothing is changed', async (context) => {
    const { store, users } = await office(context);
    await users.add(admin, { name: 'bob', password: 'right horse' });
    await users.set(admin, 'bob', { address: { profile: 'default', ipv4: '10.8.0.9' } });
    const before = store.position;
    const wrong: [wishes: Parameters<UserAccounts['set']>[2], code: string][] = [
      [{ expiresAt: now }, 'accounts.user.expiry'],
      [{ administrator: true, routes: ['10.20.0.1/16'] }, 'accounts.user.route'],
      [{ routes: Array.from({ length: 33 }, (_, index) => `10.${index}.0.0/16`) }, 'accounts.user.route'],
      [{ address: { profile: 'default', ipv4: '10.99.0.5' } }, 'accounts.user.address'],
      [{ address: { profile: 'default', ipv4: '10.8.0.1' } }, 'accounts.user.address'],
      [{ address: { profile: 'default', ipv4: '10.8.15.255' } }, 'accounts.user.address'],
      [{ address: { profile: '../x', ipv4: '10.8.0.7' } }, 'accounts.profile.name'],
      [
        { administrator: true, address: { profile: 'default', ipv4: '10.8.0.9' } },
        'store.client-address.taken',
      ],
    ];
    for (const [wishes, code] of wrong) await assert.rejects(users.set(admin, 'alice', wishes), { code });
    assert.deepEqual(store.position, before);
    await assert.rejects(users.set(admin, 'nobody', { administrator: true }), { code: 'store.user.unknown' });
    assert.throws(() => users.show('nobody'), { code: 'store.user.unknown' });
  });

  it('a fixed address is the one that the profile gets, made before or after', async (context) => {
    const { users, profiles } = await office(context);
    await users.set(admin, 'alice', { address: { profile: 'phone', ipv4: '10.8.0.77' } });
    assert.equal((await profiles.get(admin, 'alice', 'phone')).profile.vpnAddress, '10.8.0.77');
    assert.equal((await profiles.get(admin, 'alice', 'laptop')).profile.vpnAddress, '10.8.0.2');
    await users.set(admin, 'alice', { address: { profile: 'laptop', ipv4: '10.8.0.78' } });
    assert.deepEqual(
      users.show('alice').profiles.map(({ name, vpnAddress }) => [name, vpnAddress]),
      [
        ['laptop', '10.8.0.78'],
        ['phone', '10.8.0.77'],
      ],
    );
    assert.deepEqual(users.page({ fits: () => true, offset: 0, limit: 10 }).users, [users.show('alice')]);
  });
});

describe('a new password', () => {
  it('is noted with its time and ends a lockout', async (context) => {
    const { users } = await office(context);
    const before = users.show('alice').passwordHash;
    await users.rememberLogin({ type: 'locked-out', username: 'alice', until: now + 5 });
    assert.equal(users.show('alice').lockedUntil, now + 5);
    await users.setPassword(admin, 'alice', 'wrong horse');
    const { passwordChangedAt, lockedUntil, passwordHash } = users.show('alice');
    assert.deepEqual({ passwordChangedAt, lockedUntil }, { passwordChangedAt: now, lockedUntil: 0 });
    assert.notEqual(passwordHash, before);
    await assert.rejects(users.setPassword(admin, 'alice', 'short'), { code: 'access.auth.weak-password' });
    await assert.rejects(users.setPassword(admin, 'nobody', 'long enough'), { code: 'store.user.unknown' });
  });
});

describe('the key of one-time codes', () => {
  it('is made once, shown again, renewed and removed on demand', async (context) => {
    const { users, profiles } = await office(context);
    assert.doesNotMatch((await profiles.get(admin, 'alice', 'default')).profile.text, /static-challenge/);
    const first = await users.oneTimeKey(admin, 'alice', false);
    assert.equal(first.created, true);
    assert.deepEqual(await users.oneTimeKey(admin, 'alice', false), { ...first, created: false });
    const { profile } = await profiles.get(admin, 'alice', 'default');
    assert.match(profile.text, /^static-challenge "One-time code" 1$/m);
    assert.notEqual((await users.oneTimeKey(admin, 'alice', true)).key, first.key);
    await users.removeOneTimeKey(admin, 'alice');
    assert.equal(users.show('alice').oneTimeKey, undefined);
    await assert.rejects(users.oneTimeKey(admin, 'nobody', false), { code: 'store.user.unknown' });
  });
});

describe('a revoked profile', () => {
  it('gives its address back and can be made anew with another certificate', async (context) => {
    const { store, users, profiles } = await office(context);
    await profiles.get(admin, 'alice', 'default');
    const [old] = store.certificates.ofUser('alice');
    await profiles.revoke(admin, 'alice', 'default');
    assert.deepEqual(users.show('alice').profiles, []);
    assert.deepEqual(
      store.certificates.revoked().map((one) => one.serial),
      [old?.serial],
    );
    await assert.rejects(profiles.revoke(admin, 'alice', 'default'), { code: 'accounts.profile.unknown' });
    await assert.rejects(profiles.revoke(admin, 'nobody', 'default'), { code: 'store.user.unknown' });
    await profiles.get(admin, 'alice', 'default');
    assert.equal(users.show('alice').profiles.length, 1);
  });
});
