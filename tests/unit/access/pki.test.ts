import assert from 'node:assert/strict';
import { createPrivateKey } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { type CertificateAuthority, createCertificateAuthority } from '../../../src/access/pki/authority.ts';
import {
  type IssuedCertificate,
  issueClientCertificate,
  issueServerCertificate,
} from '../../../src/access/pki/certificates.ts';
import { importAuthority } from '../../../src/access/pki/import.ts';
import {
  generateAuthTokenSecret,
  generateTlsCryptV2ClientKey,
  generateTlsCryptV2ServerKey,
} from '../../../src/access/pki/openvpn-keys.ts';
import { createRevocationList, type RevokedCertificate } from '../../../src/access/pki/revocation.ts';
import { TandemError } from '../../../src/core/errors.ts';
import type { KeyType } from '../../../src/core/vpn/certificate-keys.ts';
import { makeWorkspace, run } from './workspace.ts';

const now = new Date();
const dayMs = 86_400_000;

function authority(keyType?: KeyType): Promise<CertificateAuthority> {
  const request = { commonName: 'Tandem test', now, validDays: 30 };
  return createCertificateAuthority(keyType === undefined ? request : { ...request, keyType });
}

function client(issuer: CertificateAuthority, commonName = 'alice:default'): Promise<IssuedCertificate> {
  return issueClientCertificate(issuer, { commonName, now, validDays: 10 });
}

function verify(
  issuer: CertificateAuthority,
  certificatePem: string,
  purpose: 'sslclient' | 'sslserver',
  list?: string,
): { code: number | null; text: string } {
  using workspace = makeWorkspace();
  const file = (name: string, text: string): string => {
    writeFileSync(`${workspace.directory}/${name}`, text);
    return `${workspace.directory}/${name}`;
  };
  const argv = ['verify', '-x509_strict', '-purpose', purpose, '-CAfile', file('ca', issuer.certificatePem)];
  if (list !== undefined) argv.push('-crl_check', '-CRLfile', file('crl', list));
  return run('openssl', [...argv, file('leaf', certificatePem)]);
}

function list(issuer: CertificateAuthority, revoked: RevokedCertificate[], number = 1): Promise<string> {
  const nextUpdate = new Date(now.getTime() + 30 * dayMs);
  return createRevocationList(issuer, { number, revoked, now, nextUpdate });
}

describe('certificates', () => {
  for (const keyType of [undefined, 'ec-p256', 'rsa-3072'] as const) {
    it(`are valid for what they are for, and for nothing else (${keyType ?? 'default'})`, async () => {
      const issuer = await authority(keyType);
      const request = { commonName: 'tandem-server', now, validDays: 10 };
      const server = await issueServerCertificate(issuer, request);
      const alice = await client(issuer);
      assert.equal(verify(issuer, server.certificatePem, 'sslserver').code, 0);
      assert.equal(verify(issuer, alice.certificatePem, 'sslclient').code, 0);
      assert.notEqual(verify(issuer, server.certificatePem, 'sslclient').code, 0);
      assert.notEqual(verify(issuer, alice.certificatePem, 'sslserver').code, 0);
      assert.notEqual(verify(await authority(keyType), alice.certificatePem, 'sslclient').code, 0);
    });
  }

  it('have P-256 keys below an authority with P-384 unless told otherwise, and carry the common name and the serial that were reported', async () => {
    using workspace = makeWorkspace();
    const issuer = await authority();
    const alice = await client(issuer);
    const file = `${workspace.directory}/alice.pem`;
    const above = `${workspace.directory}/ca.pem`;
    writeFileSync(above, issuer.certificatePem);
    writeFileSync(file, alice.certificatePem + alice.privateKeyPem);
    const { text } = run('openssl', ['x509', '-in', file, '-noout', '-subject', '-serial', '-text']);
    assert.match(text, /subject=CN = alice:default/);
    assert.match(text, /NIST CURVE: P-256/);
    assert.match(run('openssl', ['x509', '-in', above, '-noout', '-text']).text, /NIST CURVE: P-384/);
    assert.ok(text.includes(`serial=${alice.serialHex.toUpperCase()}`));
    assert.match(alice.serialHex, /^[4-7][0-9a-f]{31}$/);
    assert.equal(run('openssl', ['pkey', '-in', file, '-noout']).code, 0);
  });

  it('begin an hour early, for clocks that are behind', async () => {
    const { notBefore, notAfter } = await client(await authority());
    assert.equal(now.getTime() - notBefore.getTime(), 3_600_000);
    assert.equal(notAfter.getTime() - now.getTime(), 10 * dayMs);
  });

  it('are refused for names that are more than names', async () => {
    const issuer = await authority();
    for (const name of ['', 'a,O=b', 'a\nb', 'a"b', '#0401', '/CN=x', '-x', 'x'.repeat(65), 'ü']) {
      await assert.rejects(client(issuer, name), TandemError, name);
    }
  });

  it('are refused for no time at all', async () => {
    const issuer = await authority();
    for (const validDays of [0, -1, Number.NaN, 1e9]) {
      await assert.rejects(
        issueClientCertificate(issuer, { commonName: 'a:b', now, validDays }),
        TandemError,
      );
    }
  });

  it('are not signed with something that is no key, which is not shown', async () => {
    const issuer = { ...(await authority()), privateKeyPem: 'secret nonsense' };
    await assert.rejects(client(issuer), (error) => {
      assert.ok(error instanceof TandemError);
      assert.equal(error.code, 'access.pki.unreadable-key');
      assert.equal(`${error.message}${error.stack}${error.cause}`.includes('secret nonsense'), false);
      return true;
    });
  });
});

describe('revocation lists', () => {
  it('refuse who is in them and nobody else', async () => {
    const issuer = await authority();
    const [alice, bob] = [await client(issuer), await client(issuer, 'bob:default')];
    const revoked = await list(issuer, [{ serialHex: bob.serialHex, revokedAt: now }]);
    assert.equal(verify(issuer, alice.certificatePem, 'sslclient', revoked).code, 0);
    const refused = verify(issuer, bob.certificatePem, 'sslclient', revoked);
    assert.match(refused.text, /certificate revoked/);
    assert.equal(verify(issuer, bob.certificatePem, 'sslclient', await list(issuer, [])).code, 0);
  });

  it('carry their number', async () => {
    using workspace = makeWorkspace();
    const issuer = await authority();
    const file = `${workspace.directory}/crl.pem`;
    for (const number of [1, 127, 128, 255, 256, 65_535, 1_795_363_325, 2 ** 48 - 1]) {
      writeFileSync(file, await list(issuer, [], number));
      const { text } = run('openssl', ['crl', '-in', file, '-noout', '-crlnumber']);
      assert.equal(Number(text.trim().replace('crlNumber=', '')), number);
    }
    for (const number of [0, -1, 1.5, 2 ** 48]) await assert.rejects(list(issuer, [], number), TandemError);
  });
});

describe('OpenVPN keys', () => {
  it('are made by openvpn, each a new one', async () => {
    const server = await generateTlsCryptV2ServerKey();
    assert.match(server, /^-----BEGIN OpenVPN tls-crypt-v2 server key-----\n/);
    const clients = await Promise.all([1, 2].map(() => generateTlsCryptV2ClientKey(server)));
    for (const key of clients)
      assert.match(key, /^-----BEGIN OpenVPN tls-crypt-v2 client key-----\n[^-]+-----END/);
    assert.notEqual(clients[0], clients[1]);
    assert.match(await generateAuthTokenSecret(), /^-----BEGIN OpenVPN auth-token server key-----\n/);
  });

  it('are not made from something that is no server key', async () => {
    await assert.rejects(generateTlsCryptV2ClientKey('nonsense'), { code: 'access.pki.openvpn-keys' });
  });
});

describe('an authority that is taken over', () => {
  it('keeps its key, of any supported kind, and signs from then on', async () => {
    for (const keyType of ['ec-p384', 'ec-p256', 'rsa-3072'] as const) {
      const own = await authority(keyType);
      const sec1 = createPrivateKey(own.privateKeyPem).export({
        type: keyType.startsWith('ec') ? 'sec1' : 'pkcs1',
        format: 'pem',
      });
      const taken = importAuthority(own.certificatePem, sec1.toString(), new Date());
      assert.equal(taken.keyType, keyType);
      const issued = await issueClientCertificate(taken, {
        commonName: 'a:b',
        now: new Date(),
        validDays: 1,
      });
      assert.equal(verify(own, issued.certificatePem, 'sslclient').code, 0);
    }
  });

  it('is refused when it is none, or its key is another', async () => {
    const [one, other] = [await authority(), await authority()];
    const leaf = await issueClientCertificate(one, { commonName: 'a:b', now: new Date(), validDays: 1 });
    const wrong: [certificate: string, key: string, now: Date][] = [
      ['nonsense', one.privateKeyPem, new Date()],
      [one.certificatePem, 'nonsense', new Date()],
      [one.certificatePem, other.privateKeyPem, new Date()],
      [leaf.certificatePem, leaf.privateKeyPem, new Date()],
      [one.certificatePem, one.privateKeyPem, new Date('2999-01-01')],
    ];
    for (const words of wrong) assert.throws(() => importAuthority(...words), { code: 'access.pki.import' });
  });
});
