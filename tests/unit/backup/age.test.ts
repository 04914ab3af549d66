import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { decrypt, encrypt, isEncrypted } from '../../../src/backup/age.ts';

async function all(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array, void> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

for (const length of [0, 65_536, 200_000]) {
  test(`${length} bytes come back as they were`, async () => {
    const plain = randomBytes(length);
    const sealed = await all(encrypt(inPieces(plain, 10_000), 'a passphrase', length === 0 ? 18 : 10));
    assert.ok(isEncrypted(sealed));
    assert.deepEqual(await all(decrypt(inPieces(sealed, 777), 'a passphrase')), plain);
  });
}

test('another passphrase, a changed byte, a missing or an added end are told apart and believed by nobody', async () => {
  const sealed = await all(encrypt(inPieces(randomBytes(150_000), 50_000), 'a passphrase', 10));
  await assert.rejects(all(decrypt(inPieces(sealed, 5_000), 'another')), { code: 'backup.passphrase' });
  const changed = Buffer.from(sealed);
  changed.writeUInt8(changed.readUInt8(100_000) ^ 1, 100_000);
  await assert.rejects(all(decrypt(inPieces(changed, 5_000), 'a passphrase')), { code: 'backup.damaged' });
  for (const length of [10, 100, 70_000, 131_272, sealed.length - 1]) {
    const cut = sealed.subarray(0, length);
    await assert.rejects(
      all(decrypt(inPieces(cut, 5_000), 'a passphrase')),
      { code: 'backup.damaged' },
      `${length}`,
    );
  }
  const longer = Buffer.concat([sealed, Buffer.from('x')]);
  await assert.rejects(all(decrypt(inPieces(longer, 5_000), 'a passphrase')), { code: 'backup.damaged' });
});

test('a header that asks for all memory is refused before any work is done', async () => {
  const header = `age-encryption.org/v1\n-> scrypt ${'A'.repeat(22)} 30\n${'A'.repeat(43)}\n--- ${'A'.repeat(43)}\n`;
  await assert.rejects(all(decrypt(inPieces(Buffer.from(header), 500), 'x')), { code: 'backup.damaged' });
});
