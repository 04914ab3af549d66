import { type CertificateKeys, type KeyType, leafKeyType } from '../../core/vpn/certificate-keys.ts';
import type { CertificateAuthority } from './authority.ts';
import { generateKeys, privateKeyFromPem, privateKeyToPem, signingAlgorithm } from './keys.ts';
import { commonNameOnly } from './name.ts';
import { randomSerial } from './serial.ts';
import { validity } from './validity.ts';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from './x509.ts';

export interface CertificateRequest {
  readonly commonName: string;
  /** Wall clock of the node. */
  readonly now: Date;
  readonly validDays: number;
  /** What goes well with the authority unless given. */
  readonly keys?: CertificateKeys;
}

/** A leaf certificate with its key. Texts are PEM; `privateKeyPem` is secret; `serialHex` has 32 lower-case digits. */
export interface IssuedCertificate {
  readonly commonName: string;
  readonly serialHex: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

/** The identity of the pair: both nodes present this one certificate. */
export function issueServerCertificate(
  authority: CertificateAuthority,
  request: CertificateRequest,
): Promise<IssuedCertificate> {
  return issue(authority, request, ExtendedKeyUsage.serverAuth);
}

/** The identity of one profile; its common name is `<username>:<profile>`. */
export function issueClientCertificate(
  authority: CertificateAuthority,
  request: CertificateRequest,
): Promise<IssuedCertificate> {
  return issue(authority, request, ExtendedKeyUsage.clientAuth);
}

async function issue(
  authority: CertificateAuthority,
  request: CertificateRequest,
  usage: ExtendedKeyUsage,
): Promise<IssuedCertificate> {
  const issuer = new X509Certificate(authority.certificatePem);
  const signingKey = await privateKeyFromPem(authority.privateKeyPem, authority.keyType);
  const keyType = leafKeyType(authority.keyType, request.keys ?? 'automatic');
  const keys = await generateKeys(keyType);
  const serialHex = randomSerial();
  const period = validity(request.now, request.validDays);
  const certificate = await X509CertificateGenerator.create({
    serialNumber: serialHex,
    subject: commonNameOnly(request.commonName),
    issuer: issuer.subjectName,
    ...period,
    publicKey: keys.publicKey,
    signingKey,
    signingAlgorithm: signingAlgorithm(authority.keyType),
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(keyUsage(keyType), true),
      new ExtendedKeyUsageExtension([usage]),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
      await AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  });
  return {
    commonName: request.commonName,
    serialHex,
    ...period,
    certificatePem: `${certificate.toString('pem')}\n`,
    privateKeyPem: await privateKeyToPem(keys.privateKey),
  };
}

// remote-cert-tls asks for digitalSignature, and of RSA keys without TLS 1.3 for keyEncipherment as well.
function keyUsage(type: KeyType): KeyUsageFlags {
  if (type.startsWith('ec-')) return KeyUsageFlags.digitalSignature;
  return KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment;
}
