import { webcrypto } from 'node:crypto';
import { TandemError } from '../../core/errors.ts';
import type { KeyType } from '../../core/vpn/certificate-keys.ts';
import { PemConverter } from './x509.ts';

export const DEFAULT_KEY_TYPE: KeyType = 'ec-p384';

type SigningAlgorithm = { readonly name: 'ECDSA' | 'RSASSA-PKCS1-v1_5'; readonly hash: string };
type KeyAlgorithm =
  | { readonly name: 'ECDSA'; readonly namedCurve: string }
  | {
      readonly name: 'RSASSA-PKCS1-v1_5';
      readonly modulusLength: number;
      readonly publicExponent: Uint8Array<ArrayBuffer>;
      readonly hash: string;
    };

const EXPONENT_65537 = new Uint8Array([1, 0, 1]);

const KEY_ALGORITHMS: Readonly<Record<KeyType, KeyAlgorithm>> = {
  'ec-p384': { name: 'ECDSA', namedCurve: 'P-384' },
  'ec-p256': { name: 'ECDSA', namedCurve: 'P-256' },
  'rsa-3072': rsa(3072),
  'rsa-4096': rsa(4096),
};

function rsa(modulusLength: number): KeyAlgorithm {
  return { name: 'RSASSA-PKCS1-v1_5', modulusLength, publicExponent: EXPONENT_65537, hash: 'SHA-256' };
}

/** What a key of this type signs with. */
export function signingAlgorithm(type: KeyType): SigningAlgorithm {
  if (type === 'ec-p384') return { name: 'ECDSA', hash: 'SHA-384' };
  if (type === 'ec-p256') return { name: 'ECDSA', hash: 'SHA-256' };
  return { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
}

export async function generateKeys(type: KeyType): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(KEY_ALGORITHMS[type], true, ['sign', 'verify']);
}

/** The key as PKCS #8 in PEM, as OpenVPN reads it. Secret: belongs in files of mode 0600 or on standard input. */
export async function privateKeyToPem(key: webcrypto.CryptoKey): Promise<string> {
  const der = await webcrypto.subtle.exportKey('pkcs8', key);
  return `${PemConverter.encode(der, 'PRIVATE KEY')}\n`;
}

/** Reads a PKCS #8 PEM back for signing. Throws `access.pki.unreadable-key` without showing the text. */
export async function privateKeyFromPem(pem: string, type: KeyType): Promise<webcrypto.CryptoKey> {
  try {
    const der = PemConverter.decodeFirst(pem);
    return await webcrypto.subtle.importKey('pkcs8', der, KEY_ALGORITHMS[type], false, ['sign']);
  } catch {
    throw new TandemError({
      code: 'access.pki.unreadable-key',
      culprit: 'operator',
      message: `Cannot read the private key of the certificate authority as ${type} in PKCS #8`,
      hint: 'Restore the certificate authority from a backup',
    });
  }
}
