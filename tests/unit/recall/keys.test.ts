import assert from 'node:assert/strict';
import { createDecipheriv, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { RecallKeys } from '../../../src/recall/keys.ts';
import { addUser, admin, directory, openStore } from '../store/workspace.ts';

function pemOf(key: Uint8Array): string {
  const text = Buffer.from(key).toString('base64').replace(/.{64}/g, '$&\n');
  return `-----BEGIN OpenVPN tls-crypt-v2 client key-----\n${text}\n-----END OpenVPN tls-crypt-v2 client key-----\n`;
}

test('keys follow the certificates, before they are needed; a revoked one calls nobody', (context) => {
  const store = openStore(context, 'node-a', directory(context));
  const keys = new RecallKeys(store);
  assert.equal(keys.packetFor('alice:default', 100), undefined);
  const key = randomBytes(600);
  addUser(store, 'alice');
  store.write(admin, (transaction) => {
    transaction.certificates.add({
      serial: '0a',
      commonName: 'alice:default',
      userName: 'alice',
      profileName: 'default',
      certificate: 'c',
      privateKey: 'k',
      tlsCryptV2Key: pemOf(key),
      notAfter: 1,
    });
  });
  const packet = keys.packetFor('alice:default', 100)!;
  const plain = createDecipheriv('aes-256-ctr', key.subarray(0, 32), packet.subarray(17, 33)).update(
    packet.subarray(49),
  );
  assert.equal(plain.toString('hex'), '0000000000000100020001');
  store.write(admin, (transaction) => transaction.certificates.revoke('0a', 1, 'lost'));
  assert.equal(keys.packetFor('alice:default', 100), undefined);
});
