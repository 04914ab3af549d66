import assert from 'node:assert/strict';
import { it } from 'node:test';
import { certificateWarnings, renewServerCertificate } from '../../../src/accounts/certificate-renewal.ts';
import { createIdentity } from '../../../src/accounts/identity.ts';
import { Profiles } from '../../../src/accounts/profiles.ts';
import type { Write } from '../../../src/accounts/write.ts';
import { admin, openStore } from '../store/workspace.ts';

const day = 86_400_000;

it('a certificate is made anew before it ends, and what was given out before goes on to its own end', async (context) => {
  const store = openStore(context);
  let now = Date.now();
  store.write(admin, await createIdentity(new Date(now), { keyType: 'ec-p256' }));
  store.write(admin, ({ users }) =>
    users.add({ name: 'alice', passwordHash: 'x', blocked: false, createdAt: 1 }),
  );
  const write: Write = async (actor, change) => ({
    result: store.write(actor, change).result,
    protected: true,
  });
  const profiles = new Profiles({ store, write, nodeAddress: '10.0.0.1', now: () => now });
  const first = await profiles.get(admin, 'alice', 'default');
  assert.deepEqual(certificateWarnings(store, now), []);
  assert.equal((await profiles.get(admin, 'alice', 'default')).profile.text, first.profile.text);

  now += 800 * day;
  assert.match(certificateWarnings(store, now).join(), /1 profile\(s\) end within 30 days/);
  const second = await profiles.get(admin, 'alice', 'default');
  assert.notEqual(second.profile.text, first.profile.text);
  assert.equal(second.profile.vpnAddress, first.profile.vpnAddress);
  assert.equal(store.certificates.withCommonName('alice:default').length, 2);
  assert.equal(store.certificates.inForce().length, 1);
  assert.deepEqual(certificateWarnings(store, now), []);
  assert.equal((await profiles.get(admin, 'alice', 'default')).profile.text, second.profile.text);
  now += 60_000;
  const third = await profiles.get(admin, 'alice', 'default', undefined, true);
  assert.notEqual(third.profile.text, second.profile.text);
  assert.equal((await profiles.get(admin, 'alice', 'default')).profile.text, third.profile.text);
  await profiles.revoke(admin, 'alice', 'default');
  assert.equal(store.certificates.revoked().length, 3);

  const server = store.identity.get('server-certificate');
  const parts = { store, write, now: () => now };
  assert.equal((await renewServerCertificate(parts)).renewed, false);
  assert.equal(store.identity.get('server-certificate'), server);
  await renewServerCertificate({ ...parts, actor: admin });
  const asked = store.identity.get('server-certificate');
  assert.notEqual(asked, server);
  now += 3_640 * day;
  assert.match(certificateWarnings(store, now).join(), /certificate of the servers ends on/);
  assert.equal((await renewServerCertificate(parts)).renewed, true);
  assert.notEqual(store.identity.get('server-certificate'), asked);
});
