import type { webcrypto } from 'node:crypto';
import type { KeyType } from '../../core/vpn/certificate-keys.ts';
import { DEFAULT_KEY_TYPE, generateKeys, privateKeyToPem, signingAlgorithm } from './keys.ts';
import { commonNameOnly } from './name.ts';
import { randomSerial } from './serial.ts';
import { validity } from './validity.ts';
import {
  BasicConstraintsExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from './x509.ts';

/** A certificate authority as it is stored: both texts are PEM, `privateKeyPem` is secret. */
export interface CertificateAuthority {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
  readonly keyType: KeyType;
}

export interface CertificateAuthorityRequest {
  readonly commonName: string;
  /** Wall clock of the node. */
  readonly now: Date;
  readonly validDays: number;
  readonly keyType?: KeyType;
}

/** A self-signed authority that signs leaf certificates and revocation lists and nothing below itself. */
export async function createCertificateAuthority(
  request: CertificateAuthorityRequest,
): Promise<CertificateAuthority> {
  const keyType = request.keyType ?? DEFAULT_KEY_TYPE;
  const keys = await generateKeys(keyType);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: randomSerial(),
    name: commonNameOnly(request.commonName),
    ...validity(request.now, request.validDays),
    keys,
    signingAlgorithm: signingAlgorithm(keyType),
    extensions: await authorityExtensions(keys.publicKey),
  });
  return {
    certificatePem: `${certificate.toString('pem')}\n`,
    privateKeyPem: await privateKeyToPem(keys.privateKey),
    keyType,
  };
}

async function authorityExtensions(publicKey: webcrypto.CryptoKey): Promise<Extension[]> {
  return [
    new BasicConstraintsExtension(true, 0, true),
    new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
    await SubjectKeyIdentifierExtension.create(publicKey),
  ];
}
