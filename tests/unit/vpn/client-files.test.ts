import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { UserAccounts } from '../../../src/accounts/users.ts';
import { tokensRefusedUntil } from '../../../src/core/accounts/tokens.ts';
import type { Store } from '../../../src/store/store.ts';
import { ClientFiles } from '../../../src/vpn/client-files.ts';
import { admin, afterwards, directory, openStore } from '../store/workspace.ts';

const many = 1_000;

class Office {
  now = 1_700_000_000_500;
  readonly store: Store;
  readonly users: UserAccounts;
  readonly files: ClientFiles;
  readonly folder: string;
  readonly revoked: string;

  constructor(context: TestContext, count: number) {
    const work = directory(context);
    this.folder = join(work, 'ccd');
    this.store = openStore(context);
    this.users = new UserAccounts({
      store: this.store,
      write: async (actor, change) => ({ result: this.store.write(actor, change).result, protected: true }),
      now: () => this.now,
    });
    this.store.write(admin, ({ users, certificates, clientAddresses }) => {
      for (let index = 0; index < count; index += 1) {
        const [userName, commonName] = [`user${index}`, `user${index}:default`];
        users.add({ name: userName, passwordHash: 'x', blocked: false, createdAt: 1 });
        certificates.add({
          ...{ serial: index.toString(16), commonName, userName, profileName: 'default' },
          ...{ certificate: 'C', privateKey: 'K', tlsCryptV2Key: 'T', notAfter: 5 },
        });
        clientAddresses.assign(commonName, `10.8.${Math.floor(index / 250)}.${2 + (index % 250)}`);
      }
    });
    this.revoked = join(work, 'revoked');
    const parts = {
      directory: this.folder,
      revokedSerials: this.revoked,
      revocationList: join(work, 'crl.pem'),
      now: () => this.now,
    };
    this.files = new ClientFiles({ store: this.store, ...parts });
    afterwards(context, () => this.files.stop());
    this.files.refreshClients();
  }

  read(index: number): string {
    return readFileSync(join(this.folder, `user${index}:default`), 'utf8');
  }

  /** Each file's inode: a file that is written anew is another one. */
  inodes(): Map<string, number> {
    return new Map(readdirSync(this.folder).map((file) => [file, statSync(join(this.folder, file)).ino]));
  }
}

describe('the files of the clients', () => {
  it(`of ${many} users: a change of one writes one file`, async (context) => {
    const office = new Office(context, many);
    const before = office.inodes();
    // And the one for whoever has none.
    assert.equal(before.size, many + 1);
    await office.users.setBlocked(admin, 'user7', true);
    assert.deepEqual(office.files.refreshClients().altered, []);
    const after = office.inodes();
    const written = [...after.keys()].filter((file) => after.get(file) !== before.get(file));
    assert.deepEqual(written, ['user7:default']);
    assert.equal(office.read(7), 'disable\n');
  });

  it('name the revoked by their serials in decimal digits, and nobody else', (context) => {
    const office = new Office(context, 12);
    const revoked = (): string[] => readdirSync(office.revoked).toSorted();
    assert.deepEqual(revoked(), []);
    office.store.write(admin, ({ certificates }) => {
      certificates.revoke('a', 1, 'lost');
      certificates.revoke('3', 2, 'lost');
    });
    office.files.refreshClients();
    assert.deepEqual(revoked(), ['10', '3']);
  });

  it('are not touched by logins', async (context) => {
    const office = new Office(context, 1);
    const tables: string[] = [];
    office.store.onChange((change) => tables.push(...change.tables));
    await office.users.rememberLogin({ type: 'locked-out', username: 'user0', until: 5 });
    await office.users.rememberLogin({ type: 'code-used', username: 'user0', step: 7 });
    assert.deepEqual(new Set(tables), new Set(['login_trace']));
    const { lockedUntil, oneTimeStep } = office.users.show('user0');
    assert.deepEqual({ lockedUntil, oneTimeStep }, { lockedUntil: 5, oneTimeStep: 7 });
  });

  it('tell who has to connect again: with another address or other routes, not who is refused', async (context) => {
    const office = new Office(context, 3);
    await office.users.set(admin, 'user0', { address: { profile: 'default', ipv4: '10.8.0.99' } });
    await office.users.set(admin, 'user1', { routes: ['10.20.0.0/16'] });
    await office.users.setBlocked(admin, 'user2', true);
    assert.deepEqual(office.files.refreshClients().altered, ['user0:default', 'user1:default']);
    assert.match(office.read(0), /^ifconfig-push 10\.8\.0\.99 255\.255\.240\.0$/m);
    assert.match(office.read(1), /^push "route 10\.20\.0\.0 255\.255\.0\.0"$/m);
  });

  it('refuse from the expiry on, and say when to look again', async (context) => {
    const office = new Office(context, 1);
    await office.users.set(admin, 'user0', { expiresAt: office.now + 60_000 });
    assert.equal(office.files.refreshClients().nextTurn, 60_000);
    assert.match(office.read(0), /^ifconfig-push/);
    office.now += 60_000;
    assert.equal(office.files.refreshClients().nextTurn, undefined);
    assert.equal(office.read(0), 'disable\n');
  });

  it('refuse tokens after a change of password, but open for who typed the new one, until tokens are no danger', async (context) => {
    const office = new Office(context, 1);
    await office.users.setPassword(admin, 'user0', 'right horse');
    office.files.refreshClients();
    assert.equal(office.read(0), 'disable\n');
    office.files.openForEntry('user0:default');
    assert.match(office.read(0), /^ifconfig-push/);
    office.files.stop();
    office.files.refreshClients();
    assert.equal(office.read(0), 'disable\n');
    office.now = tokensRefusedUntil(office.now, 3_600);
    office.files.refreshClients();
    assert.match(office.read(0), /^ifconfig-push/);
  });
});
