import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addUser, admin, openStore } from './workspace.ts';

for (const name of ['', 'Alice', '-a', '.a', 'a b', 'a/b', 'ä', 'a'.repeat(41), 'a\n']) {
  test(`${JSON.stringify(name)} cannot be a user name`, (context) => {
    assert.throws(() => addUser(openStore(context), name), { code: 'store.user.name', culprit: 'caller' });
  });
}

for (const name of ['a', '0', 'alice', 'alice.b_c-d@example.org', 'a'.repeat(40)]) {
  test(`${name} can be a user name`, (context) => {
    const store = openStore(context);
    addUser(store, name);
    assert.equal(store.users.find(name)?.name, name);
    assert.equal(store.users.count(), 1);
  });
}

test('what does not exist cannot be changed', (context) => {
  const store = openStore(context);
  assert.throws(() => store.write(admin, ({ users }) => users.remove('nobody')), {
    code: 'store.user.unknown',
  });
  assert.throws(() => store.write(admin, ({ users }) => users.setBlocked('nobody', true)), {
    code: 'store.user.unknown',
  });
  assert.throws(() => store.write(admin, ({ users }) => users.change('nobody', {})), {
    code: 'store.user.unknown',
  });
  assert.throws(() => store.write(admin, ({ certificates }) => certificates.revoke('aa', 1, 'x')), {
    code: 'store.certificate.unknown',
  });
});

test('a client address belongs to one client', (context) => {
  const store = openStore(context);
  store.write(admin, ({ clientAddresses }) => clientAddresses.assign('alice', '10.8.0.2'));
  assert.throws(
    () => store.write(admin, ({ clientAddresses }) => clientAddresses.assign('bob', '10.8.0.2')),
    { code: 'store.client-address.taken' },
  );
  assert.throws(
    () => store.write(admin, ({ clientAddresses }) => clientAddresses.assign('bob', '10.8.0.256')),
    { code: 'store.client-address.invalid' },
  );
  store.write(admin, ({ clientAddresses }) => clientAddresses.assign('alice', '10.8.0.9'));
  assert.deepEqual(store.clientAddresses.list(), [{ commonName: 'alice', ipv4: '10.8.0.9' }]);
  assert.equal(store.clientAddresses.holderOf('10.8.0.9')?.commonName, 'alice');
});

test('a revoked certificate stays, with the time and reason of the first revocation', (context) => {
  const store = openStore(context);
  const certificate = {
    serial: '0a',
    commonName: 'alice',
    userName: 'alice',
    profileName: 'laptop',
    certificate: 'C',
    privateKey: 'K',
    tlsCryptV2Key: 'T',
    notAfter: 5,
  };
  store.write(admin, ({ certificates }) => certificates.add(certificate));
  assert.throws(() => store.write(admin, ({ certificates }) => certificates.add(certificate)), {
    code: 'store.certificate.exists',
  });
  assert.throws(
    () => store.write(admin, ({ certificates }) => certificates.add({ ...certificate, serial: '0A' })),
    { code: 'store.certificate.serial' },
  );
  store.write(admin, ({ certificates }) => certificates.revoke('0a', 10, 'lost'));
  store.write(admin, ({ certificates }) => certificates.revoke('0a', 20, 'found'));
  assert.deepEqual(store.certificates.revoked(), [
    { ...certificate, kind: 'user-locked', revokedAt: 10, revocationReason: 'lost' },
  ]);
  assert.equal(store.certificates.ofUser('alice').length, 1);
  assert.equal(store.certificates.withCommonName('alice').length, 1);
});

test('settings keep any JSON value', (context) => {
  const store = openStore(context);
  for (const value of [null, true, 0, 'x', [1, { a: null }], { deep: { er: [] } }]) {
    store.write(admin, ({ settings }) => settings.set('a.setting', value));
    assert.deepEqual(store.settings.get('a.setting'), value);
  }
  assert.equal(store.settings.get('never'), undefined);
  assert.throws(() => store.write(admin, ({ settings }) => settings.set('A', 1)), {
    code: 'store.setting.name',
  });
});
