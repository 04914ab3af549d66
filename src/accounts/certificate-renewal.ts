import { factsOf } from '../access/pki/brought-certificate.ts';
import { issueServerCertificate } from '../access/pki/certificates.ts';
import { endOf } from '../access/pki/import.ts';
import { isOwnCertificate } from '../access/pki/web-certificate.ts';
import { readAcmeSettings } from '../settings/acme.ts';
import { readVpnSettings } from '../settings/read.ts';
import type { Actor } from '../store/actor.ts';
import type { Store } from '../store/store.ts';
import { readAuthority, serverCommonName, serverDays } from './identity.ts';
import type { Write } from './write.ts';

const dayMs = 86_400_000;
/** A certificate is renewed, or told of, so long before it ends. */
export const renewalMs: number = 30 * dayMs;

/**
 * On the active node: a new certificate for the servers before the old one ends. Their clients trust it by its authority
 * and its name, so profiles stay as they are; the server processes restart once. Answers whether there was one to make, and
 * whether both nodes have it. With `actor` it is made now, whenever the old one ends.
 */
export async function renewServerCertificate(parts: {
  readonly store: Store;
  readonly write: Write;
  readonly now: () => number;
  readonly actor?: Actor;
}): Promise<{ readonly renewed: boolean; readonly protected: boolean }> {
  const current = parts.store.identity.get('server-certificate');
  const due = current !== undefined && endOf(current) - parts.now() <= renewalMs;
  if (!due && parts.actor === undefined) return { renewed: false, protected: false };
  const fresh = await issueServerCertificate(readAuthority(parts.store), {
    commonName: serverCommonName,
    now: new Date(parts.now()),
    validDays: serverDays,
    keys: readVpnSettings(parts.store).certificateKeys,
  });
  const written = await parts.write(parts.actor ?? { name: 'tandem', via: 'renewal' }, (transaction) => {
    transaction.identity.set('server-certificate', fresh.certificatePem);
    transaction.identity.set('server-private-key', fresh.privateKeyPem);
  });
  return { renewed: true, protected: written.protected };
}

/** What ends soon or has ended, in words; profiles are counted, not listed. */
export function certificateWarnings(store: Store, now: number): string[] {
  const warnings: string[] = [];
  for (const [name, what] of [
    ['ca-certificate', 'the certificate authority, and with it every profile,'],
    ['server-certificate', 'the certificate of the servers'],
  ] as const) {
    const text = store.identity.get(name);
    if (text !== undefined && endOf(text) - now <= renewalMs)
      warnings.push(`${what} ends on ${day(endOf(text))}`);
  }
  const web = webCertificateWarning(store, now);
  if (web !== undefined) warnings.push(web);
  const { count, first } = store.certificates.endingBy(now + renewalMs);
  if (first !== undefined) {
    warnings.push(
      `${count} profile(s) end within 30 days, the first on ${day(first)}: give them out anew (tandem certificate list --ending)`,
    );
  }
  return warnings;
}

/** Our own renews itself, what is ordered does long before: its end comes near only when the authority refuses. */
function webCertificateWarning(store: Store, now: number): string | undefined {
  const certificatePem = store.identity.get('web-certificate');
  if (certificatePem === undefined || isOwnCertificate(certificatePem)) return undefined;
  const { notBefore, notAfter } = factsOf(certificatePem);
  const ordered = readAcmeSettings(store) !== undefined;
  if (notAfter - now > (ordered ? Math.min(renewalMs, (notAfter - notBefore) / 5) : renewalMs))
    return undefined;
  const next = ordered
    ? 'its renewal fails: tandem web certificate show'
    : 'bring a new one: tandem web certificate set';
  return `the certificate of the pages ${notAfter <= now ? 'has ended' : 'ends'} on ${day(notAfter)}; ${next}`;
}

function day(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 10);
}
