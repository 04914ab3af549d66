import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { UserGroups } from '../../../src/accounts/groups.ts';
import { UserAccounts } from '../../../src/accounts/users.ts';
import { VpnSettingsNoun } from '../../../src/accounts/vpn-settings.ts';
import type { Write } from '../../../src/accounts/write.ts';
import type { Store } from '../../../src/store/store.ts';
import { admin, openStore } from '../store/workspace.ts';

const now = 1_700_000_000_000;

function office(context: TestContext): {
  store: Store;
  users: UserAccounts;
  groups: UserGroups;
  settings: VpnSettingsNoun;
} {
  const store = openStore(context);
  const write: Write = async (actor, change) => ({
    result: store.write(actor, change).result,
    protected: true,
  });
  store.write(admin, ({ users }) =>
    users.add({ name: 'alice', passwordHash: 'x', blocked: false, createdAt: 1 }),
  );
  const parts = { store, write, now: () => now };
  return {
    store,
    users: new UserAccounts(parts),
    groups: new UserGroups(parts),
    settings: new VpnSettingsNoun(parts),
  };
}

describe('groups', () => {
  it('say what counts for their members, after the user and before everybody', async (context) => {
    const { users, groups } = office(context);
    await groups.add(admin, 'staff');
    await groups.set(admin, 'staff', { routes: ['10.2.0.0/16'], administrator: true });
    await groups.set(admin, 'default', { routes: ['10.1.0.0/16'], autoLogin: true });
    assert.deepEqual(users.show('alice').routes, ['10.1.0.0/16']);
    await users.set(admin, 'alice', { group: 'staff' });
    const inGroup = users.show('alice');
    assert.deepEqual(
      [inGroup.routes, inGroup.administrator, inGroup.autoLogin],
      [['10.2.0.0/16'], true, true],
    );
    await users.set(admin, 'alice', { routes: ['10.3.0.0/16'], administrator: false });
    assert.deepEqual(users.page({ fits: () => true, offset: 0, limit: undefined }).users[0]?.routes, [
      '10.3.0.0/16',
    ]);
    assert.equal(users.show('alice').administrator, false);
    await users.set(admin, 'alice', { inherit: ['routes', 'administrator'] });
    assert.deepEqual(users.show('alice').routes, ['10.2.0.0/16']);
    assert.deepEqual(
      groups.list().map((group) => [group.name, group.members]),
      [
        ['default', []],
        ['staff', ['alice']],
      ],
    );
    await groups.set(admin, 'staff', { blocked: true });
    assert.deepEqual([users.show('alice').blocked, users.show('alice').ownBlocked], [true, false]);
    await groups.remove(admin, 'staff');
    assert.deepEqual([users.show('alice').group, users.show('alice').blocked], [undefined, false]);
  });

  it('that cannot be are refused by name', async (context) => {
    const { users, groups } = office(context);
    await assert.rejects(groups.add(admin, 'Staff'), { code: 'store.group.name' });
    await assert.rejects(groups.add(admin, 'default'), { code: 'accounts.group.always' });
    await assert.rejects(groups.remove(admin, 'default'), { code: 'accounts.group.always' });
    await assert.rejects(groups.remove(admin, 'nobody'), { code: 'store.group.unknown' });
    await assert.rejects(users.set(admin, 'alice', { group: 'nobody' }), { code: 'store.group.unknown' });
    await assert.rejects(groups.set(admin, 'default', { access: ['10.0.0.0/8 icmp'] }), {
      code: 'accounts.access-rule',
    });
    await groups.add(admin, 'staff');
    await assert.rejects(groups.add(admin, 'staff'), { code: 'store.group.exists' });
  });
});

describe('the settings', () => {
  it('change only where they are named, after saying what that means', async (context) => {
    const { settings } = office(context);
    const looked = await settings.set(admin, { tcp: { enabled: true } }, true);
    assert.equal(looked.applied, false);
    assert.deepEqual(looked.consequences[0]?.type, 'start');
    assert.equal(settings.get().tcp.enabled, false);
    const made = await settings.set(admin, { tcp: { enabled: true }, dns: ['10.0.0.53'] }, false);
    assert.deepEqual([made.applied, made.protected], [true, true]);
    assert.deepEqual(settings.get().tcp, { enabled: true, port: 443, processes: 1, shareWith: '' });
    assert.equal((await settings.set(admin, { dns: ['10.0.0.53'] }, false)).applied, false);
  });

  it('that cannot be are refused, each field by name', async (context) => {
    const { settings } = office(context);
    const wrong: [patch: object, says: RegExp][] = [
      [{ udp: { port: 0 } }, /udp\.port/],
      [{ udp: { enabled: false } }, /at least one of/],
      [{ network: '10.8.0.1/20' }, /network: must be a network/],
      [{ network6: 'fd00::1/64' }, /network6/],
      [{ keepalive: { restart: 1 } }, /keepalive/],
      [{ routes: ['office'] }, /routes/],
      [{ colour: 'green' }, /colour/],
    ];
    for (const [patch, says] of wrong) {
      await assert.rejects(settings.set(admin, patch, false), { code: 'settings.invalid', message: says });
    }
  });

  it('another network gives every profile a new address at the same place', async (context) => {
    const { store, settings } = office(context);
    store.write(admin, ({ clientAddresses }) => {
      clientAddresses.assign('alice:default', '10.8.0.7');
      clientAddresses.assign('alice:phone', '10.8.9.9');
    });
    await settings.set(admin, { network: '10.9.0.0/24' }, false);
    assert.deepEqual(
      store.clientAddresses.list().map((one) => one.ipv4),
      ['10.9.0.7', '10.9.0.2'],
    );
    await assert.rejects(settings.set(admin, { network: '10.9.0.0/30' }, false), {
      code: 'settings.invalid',
    });
  });

  it('passwords keep the rules that are set', async (context) => {
    const { users, settings } = office(context);
    await settings.set(admin, { passwords: { minimumLength: 12, minimumKinds: 3 } }, false);
    for (const password of ['short', 'longbutonlylower']) {
      await assert.rejects(users.add(admin, { name: 'bob', password }), {
        code: 'access.auth.weak-password',
      });
    }
    await users.add(admin, { name: 'bob', password: 'Long enough 1' });
  });
});
