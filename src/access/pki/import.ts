import { createPrivateKey, X509Certificate } from 'node:crypto';
import { TandemError } from '../../core/errors.ts';
import type { KeyType } from '../../core/vpn/certificate-keys.ts';
import type { CertificateAuthority } from './authority.ts';

/**
 * What the key in a certificate is made of.
 * @throws TandemError `access.pki.key-type` for one that is not supported
 */
export function keyTypeOf(certificatePem: string): KeyType {
  const { asymmetricKeyType: kind, asymmetricKeyDetails: details } = new X509Certificate(certificatePem)
    .publicKey;
  if (kind === 'ec' && details?.namedCurve === 'secp384r1') return 'ec-p384';
  if (kind === 'ec' && details?.namedCurve === 'prime256v1') return 'ec-p256';
  // What is signed with it does not depend on its length; a key made beside it gets one of these lengths.
  if (kind === 'rsa' && (details?.modulusLength ?? 0) >= 2048)
    return (details?.modulusLength ?? 0) > 3072 ? 'rsa-4096' : 'rsa-3072';
  throw refused('access.pki.key-type', `its key (${kind ?? 'unknown'}) is not one that can be used`);
}

/** When a certificate ends, in milliseconds since 1970. */
export function endOf(certificatePem: string): number {
  return new X509Certificate(certificatePem).validToDate.getTime();
}

/**
 * An existing authority, as PEM texts; its key may be in any form that OpenSSL writes without a password.
 * @throws TandemError `access.pki.import`, `access.pki.key-type`
 */
export function importAuthority(
  certificatePem: string,
  privateKeyPem: string,
  now: Date,
): CertificateAuthority {
  const certificate = attempt('its certificate cannot be read', () => new X509Certificate(certificatePem));
  const key = attempt('its private key cannot be read (one with a password is not taken)', () =>
    createPrivateKey(privateKeyPem),
  );
  if (!certificate.ca) throw refused('access.pki.import', 'the certificate is not that of an authority');
  if (!certificate.checkPrivateKey(key))
    throw refused('access.pki.import', 'the key does not belong to the certificate');
  if (certificate.validToDate <= now) throw refused('access.pki.import', 'the certificate has expired');
  return {
    certificatePem: certificate.toString(),
    privateKeyPem: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
    keyType: keyTypeOf(certificatePem),
  };
}

function attempt<Result>(why: string, read: () => Result): Result {
  try {
    return read();
  } catch (cause) {
    throw refused('access.pki.import', why, cause);
  }
}

function refused(code: string, why: string, cause?: unknown): TandemError {
  return new TandemError({
    code,
    culprit: 'caller',
    message: `This certificate authority cannot be used: ${why}.`,
    hint: 'Give the certificate and the key as PEM files: EC P-256 or P-384, or RSA of 2048 bits and more',
    cause,
  });
}
