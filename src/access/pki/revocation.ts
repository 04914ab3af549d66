import { TandemError } from '../../core/errors.ts';
import type { CertificateAuthority } from './authority.ts';
import { privateKeyFromPem, signingAlgorithm } from './keys.ts';
import { backdated } from './validity.ts';
import {
  AuthorityKeyIdentifierExtension,
  Extension,
  PemConverter,
  X509Certificate,
  X509CrlGenerator,
  X509CrlReason,
} from './x509.ts';

export interface RevokedCertificate {
  /** As issued: hexadecimal digits without separators. */
  readonly serialHex: string;
  readonly revokedAt: Date;
}

export interface RevocationListRequest {
  /** Grows by one with every list (RFC 5280 §5.2.3); at most 2^48. */
  readonly number: number;
  readonly revoked: readonly RevokedCertificate[];
  /** Wall clock of the node. */
  readonly now: Date;
  /** OpenVPN refuses every client once this has passed: renew well before. */
  readonly nextUpdate: Date;
}

const CRL_NUMBER_OID = '2.5.29.20';
const DER_INTEGER = 0x02;

/** The list of refused certificates, in PEM, for OpenVPN's `crl-verify`. */
export async function createRevocationList(
  authority: CertificateAuthority,
  request: RevocationListRequest,
): Promise<string> {
  const issuer = new X509Certificate(authority.certificatePem);
  const list = await X509CrlGenerator.create({
    issuer: issuer.subjectName,
    thisUpdate: backdated(request.now),
    nextUpdate: request.nextUpdate,
    signingKey: await privateKeyFromPem(authority.privateKeyPem, authority.keyType),
    signingAlgorithm: signingAlgorithm(authority.keyType),
    entries: request.revoked.map((entry) => ({
      serialNumber: entry.serialHex,
      revocationDate: entry.revokedAt,
      reason: X509CrlReason.privilegeWithdrawn,
    })),
    extensions: [
      await AuthorityKeyIdentifierExtension.create(issuer.publicKey),
      new Extension(CRL_NUMBER_OID, false, derInteger(request.number)),
    ],
  });
  // OpenSSL knows the label `X509 CRL` (RFC 7468 §6) alone.
  return `${PemConverter.encode(list.rawData, 'X509 CRL')}\n`;
}

function derInteger(value: number): Uint8Array<ArrayBuffer> {
  if (!Number.isSafeInteger(value) || value < 1 || value >= 2 ** 48) {
    throw new TandemError({
      code: 'access.pki.bad-list-number',
      culprit: 'us',
      message: `Cannot number a revocation list ${value}`,
      hint: 'Give the number after the one of the last list',
    });
  }
  const content = Buffer.alloc(7);
  content.writeUIntBE(value, 1, 6);
  // The shortest form keeps one leading bit of zero, or the number would read as negative (X.690 §8.3.2).
  let start = 0;
  while (start < 6 && content.readUInt8(start) === 0 && content.readUInt8(start + 1) < 0x80) start += 1;
  const digits = content.subarray(start);
  return new Uint8Array([DER_INTEGER, digits.length, ...digits]);
}
