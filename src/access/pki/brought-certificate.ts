import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { createSecureContext } from 'node:tls';
import { TandemError } from '../../core/errors.ts';
import type { WebCertificate } from './web-certificate.ts';

const mostCertificates = 8;
const pemCertificate = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;
/** id-kp-serverAuth, RFC 5280 §4.2.1.12. */
const serverAuthentication = '1.3.6.1.5.5.7.3.1';
/** What every browser verifies; P-521 and Ed25519 are not among them. */
const curves: Readonly<Record<string, string>> = { prime256v1: 'EC P-256', secp384r1: 'EC P-384' };
const leastRsaBits = 2_048;

/**
 * A certificate that somebody else issued for the pages, ready to be served: the key's own certificate first, then each
 * issuer of the one before (RFC 8446 §4.4.2), whatever the order they came in; a root that signs itself is left out.
 * @param certificatesPem all of them, one PEM block after the other
 * @throws TandemError `access.web-certificate.*`, in words that never hold the key
 */
export function arrangeWebCertificate(
  certificatesPem: string,
  privateKeyPem: string,
  now: Date,
): WebCertificate {
  const all = readAll(certificatesPem);
  const key = readKey(privateKeyPem);
  const leaf = all.find((one) => one.checkPrivateKey(key));
  if (leaf === undefined)
    throw refused('other-key', 'the private key belongs to none of the certificates that were given');
  checkLeaf(leaf, now);
  const chain = chainFrom(leaf, all, now);
  const certificatePem = chain.map((one) => one.toString()).join('');
  const arranged = {
    certificatePem,
    privateKeyPem: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
  try {
    createSecureContext({ cert: arranged.certificatePem, key: arranged.privateKeyPem });
  } catch (cause) {
    throw refused('unusable', `OpenSSL does not serve it (${wordsOf(cause)})`, cause);
  }
  return arranged;
}

/** What can be said of a certificate; of a chain, of its first one. */
export interface CertificateFacts {
  readonly subject: string;
  readonly issuer: string;
  /** Host names and addresses that it is for. */
  readonly names: readonly string[];
  readonly notBefore: number;
  readonly notAfter: number;
  readonly keyType: string;
  /** SHA-256, as browsers show it. */
  readonly fingerprint: string;
  /** The subjects of the certificates that go along. */
  readonly chain: readonly string[];
}

export function factsOf(certificatePem: string): CertificateFacts {
  const [leaf, ...chain] = readAll(certificatePem);
  if (leaf === undefined) throw refused('unreadable', 'there is no certificate in it');
  return {
    subject: inOneLine(leaf.subject),
    issuer: inOneLine(leaf.issuer),
    names: namesOf(leaf),
    notBefore: leaf.validFromDate.getTime(),
    notAfter: leaf.validToDate.getTime(),
    keyType: keyWords(leaf.publicKey) ?? leaf.publicKey.asymmetricKeyType ?? 'unknown',
    fingerprint: leaf.fingerprint256,
    chain: chain.map(({ subject }) => inOneLine(subject)),
  };
}

/** Which of the names a browser would not find in the certificate; wildcards count. */
export function namesNotCovered(certificatePem: string, names: readonly string[]): string[] {
  const leaf = new X509Certificate(certificatePem);
  return names.filter((name) => (isIP(name) === 0 ? leaf.checkHost(name) : leaf.checkIP(name)) === undefined);
}

function readAll(pem: string): X509Certificate[] {
  const blocks = pem.match(pemCertificate) ?? [];
  if (blocks.length === 0) throw refused('unreadable', 'there is no certificate in PEM form in it');
  if (blocks.length > mostCertificates)
    throw refused(
      'unreadable',
      `it holds ${blocks.length} certificates, and ${mostCertificates} is the most`,
    );
  return blocks.map((block, place) => {
    try {
      return new X509Certificate(block);
    } catch (cause) {
      throw refused('unreadable', `certificate ${place + 1} of it cannot be read`, cause);
    }
  });
}

function readKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (cause) {
    const locked = pem.includes('ENCRYPTED');
    throw refused(
      'unreadable-key',
      locked
        ? 'the private key has a password, which a server that starts by itself cannot type; take it off with openssl pkey'
        : 'the private key cannot be read as PEM',
      cause,
    );
  }
}

function checkLeaf(leaf: X509Certificate, now: Date): void {
  if (keyWords(leaf.publicKey) === undefined) {
    const kind = leaf.publicKey.asymmetricKeyType ?? 'unknown';
    const { namedCurve, modulusLength } = leaf.publicKey.asymmetricKeyDetails ?? {};
    throw refused(
      'key-type',
      `not every browser takes a key like this (${namedCurve ?? modulusLength ?? kind})`,
    );
  }
  checkTime(leaf, now);
  if (namesOf(leaf).length === 0)
    throw refused('nameless', 'it has no subject alternative name, and browsers look at nothing else');
  // Node's `keyUsage` is the extended key usage; without one a certificate is for everything.
  const usage = leaf.keyUsage as readonly string[] | undefined;
  if (usage !== undefined && !usage.includes(serverAuthentication))
    throw refused('usage', 'it is not meant for servers (extended key usage)');
}

function checkTime(one: X509Certificate, now: Date): void {
  const subject = inOneLine(one.subject);
  if (one.validToDate <= now) throw refused('expired', `${subject} has expired on ${day(one.validToDate)}`);
  if (one.validFromDate > now)
    throw refused('early', `${subject} is not in force before ${day(one.validFromDate)}; compare the clock`);
}

function chainFrom(leaf: X509Certificate, all: readonly X509Certificate[], now: Date): X509Certificate[] {
  const chain = [leaf];
  const rest = new Set(all.filter((one) => one.fingerprint256 !== leaf.fingerprint256));
  for (let last = leaf; !signsItself(last); ) {
    const issuer = [...rest].find((one) => last.checkIssued(one) && last.verify(one.publicKey));
    if (issuer === undefined) break;
    rest.delete(issuer);
    if (!signsItself(issuer)) {
      checkTime(issuer, now);
      chain.push(issuer);
    }
    last = issuer;
  }
  for (const stranger of rest) {
    const twice = chain.some((one) => one.fingerprint256 === stranger.fingerprint256);
    if (!twice)
      throw refused(
        'chain',
        `${inOneLine(stranger.subject)} is no issuer of the certificate that the key belongs to`,
      );
  }
  return chain;
}

function signsItself(one: X509Certificate): boolean {
  return one.subject === one.issuer && one.checkIssued(one);
}

function keyWords(key: KeyObject): string | undefined {
  const { namedCurve, modulusLength } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === 'ec') return curves[namedCurve ?? ''];
  if (key.asymmetricKeyType === 'rsa' && (modulusLength ?? 0) >= leastRsaBits) return `RSA ${modulusLength}`;
  return undefined;
}

/** `DNS:vpn.example.com, IP Address:10.0.0.1`, RFC 5280 §4.2.1.6; other kinds of names are of no use to a browser. */
function namesOf(one: X509Certificate): string[] {
  return (one.subjectAltName ?? '').split(', ').flatMap((entry) => {
    const [, name] = /^(?:DNS|IP Address):([\w*.:-]+)$/.exec(entry) ?? [];
    return name === undefined ? [] : [name.toLowerCase()];
  });
}

function inOneLine(name: string | undefined): string {
  return (name ?? '').split('\n').join(', ');
}

function day(date: Date): string {
  return date.toISOString().slice(0, 10);
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function refused(kind: string, why: string, cause?: unknown): TandemError {
  return new TandemError({
    code: `access.web-certificate.${kind}`,
    culprit: 'caller',
    message: `This certificate cannot be used for the pages: ${why}.`,
    hint: 'Give the certificate, its issuers and the private key as PEM: EC P-256 or P-384, or RSA of 2048 bits and more',
    cause,
  });
}
