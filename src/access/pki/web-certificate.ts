import { isIP } from 'node:net';
import { generateKeys, privateKeyToPem, signingAlgorithm } from './keys.ts';
import { commonNameOnly } from './name.ts';
import { randomSerial } from './serial.ts';
import { validity } from './validity.ts';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from './x509.ts';

/** Of every own certificate: this, and that it signs itself, tells it from one that an administrator brought. */
const ownCommonName = 'Tandem';
const keyType = 'ec-p256';

/** A certificate of the web with its key; both PEM, the key secret. */
export interface WebCertificate {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

/** A certificate that signs itself, for the names and addresses under which the pages are reached. */
export async function createWebCertificate(request: {
  readonly names: readonly string[];
  readonly now: Date;
  readonly validDays: number;
}): Promise<WebCertificate> {
  const keys = await generateKeys(keyType);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: randomSerial(),
    name: commonNameOnly(ownCommonName),
    ...validity(request.now, request.validDays),
    keys,
    signingAlgorithm: signingAlgorithm(keyType),
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension(
        request.names.map((value) => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value })),
      ),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return {
    certificatePem: `${certificate.toString('pem')}\n`,
    privateKeyPem: await privateKeyToPem(keys.privateKey),
  };
}

/** Whether the pages still need a new own certificate: it ends soon, or does not name all of `names`. */
export function needsRenewal(certificatePem: string, names: readonly string[], now: Date): boolean {
  const certificate = new X509Certificate(certificatePem);
  if (certificate.notAfter.getTime() - now.getTime() < 30 * 86_400_000) return true;
  const covered = new Set(
    certificate
      .getExtension(SubjectAlternativeNameExtension)
      ?.names.items.map(({ value }) => value.toLowerCase()),
  );
  return names.some((name) => !covered.has(name.toLowerCase()));
}

/** False for one that an administrator brought. */
export function isOwnCertificate(certificatePem: string): boolean {
  const { subject, issuer } = new X509Certificate(certificatePem);
  return subject === `CN=${ownCommonName}` && issuer === subject;
}
