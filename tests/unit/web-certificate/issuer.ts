import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';

const day = 86_400_000;

export interface Issued {
  readonly name: string;
  readonly keys: webcrypto.CryptoKeyPair;
  readonly certificate: X509Certificate;
  readonly pem: string;
}

type KeyKind = 'P-256' | 'P-521' | 'RSA-1024' | 'RSA-2048';
const algorithms: Readonly<
  Record<KeyKind, (webcrypto.EcKeyGenParams & { hash: string }) | webcrypto.RsaHashedKeyGenParams>
> = {
  'P-256': { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  'P-521': { name: 'ECDSA', namedCurve: 'P-521', hash: 'SHA-512' },
  'RSA-1024': rsa(1_024),
  'RSA-2048': rsa(2_048),
};

function rsa(modulusLength: number): webcrypto.RsaHashedKeyGenParams {
  return {
    name: 'RSASSA-PKCS1-v1_5',
    hash: 'SHA-256',
    modulusLength,
    publicExponent: new Uint8Array([1, 0, 1]),
  };
}

/** A certificate as some authority would issue it; without an issuer it signs itself. Serial numbers follow the clock. */
export async function issue(wish: {
  readonly name: string;
  readonly issuer?: Issued;
  readonly authority?: boolean;
  readonly names?: readonly string[];
  readonly usage?: string;
  readonly key?: KeyKind;
  readonly publicKey?: webcrypto.CryptoKey;
  /** Days from now. */
  readonly from?: number;
  readonly until?: number;
}): Promise<Issued> {
  const algorithm = algorithms[wish.key ?? 'P-256'];
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const { issuer } = wish;
  const certificate = await X509CertificateGenerator.create({
    serialNumber: Buffer.from(webcrypto.getRandomValues(new Uint8Array(8))).toString('hex'),
    subject: `CN=${wish.name}`,
    issuer: `CN=${issuer?.name ?? wish.name}`,
    notBefore: new Date(Date.now() + (wish.from ?? -1) * day),
    notAfter: new Date(Date.now() + (wish.until ?? 90) * day),
    publicKey: wish.publicKey ?? keys.publicKey,
    signingKey: issuer?.keys.privateKey ?? keys.privateKey,
    signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
    ...(issuer === undefined ? { signingAlgorithm: algorithm } : {}),
    extensions: [
      new BasicConstraintsExtension(wish.authority === true, undefined, true),
      ...(wish.usage === undefined ? [] : [new ExtendedKeyUsageExtension([wish.usage])]),
      ...(wish.names === undefined
        ? []
        : [
            new SubjectAlternativeNameExtension(
              wish.names.map((value) => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value })),
            ),
          ]),
    ],
  });
  return { name: wish.name, keys, certificate, pem: `${certificate.toString('pem')}\n` };
}

export async function keyPem({ keys }: Issued): Promise<string> {
  return PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY');
}
