import { factsOf } from '../access/pki/brought-certificate.ts';
import {
  createWebCertificate,
  isOwnCertificate,
  needsRenewal,
  type WebCertificate,
} from '../access/pki/web-certificate.ts';
import { type AcmeSettings, acmeSettingName } from '../settings/acme.ts';
import type { Actor } from '../store/actor.ts';
import type { Store } from '../store/store.ts';
import type { Transaction } from '../store/transaction.ts';
import type { Write } from './write.ts';

/** Browsers refuse longer ones: CA/Browser Forum Baseline Requirements §6.3.2, before 2026. */
const validDays = 397;

/** What the pages of both nodes are served with; undefined on a node that has no copy of the data yet. */
export function readWebCertificate(store: Store): WebCertificate | undefined {
  const certificatePem = store.identity.get('web-certificate');
  const privateKeyPem = store.identity.get('web-private-key');
  if (certificatePem === undefined || privateKeyPem === undefined) return undefined;
  return { certificatePem, privateKeyPem };
}

/** A certificate of our own for the names and addresses under which the nodes are reached. */
export function makeOwnCertificate(names: readonly string[], now: number): Promise<WebCertificate> {
  return createWebCertificate({ names, now: new Date(now), validDays });
}

/**
 * On the active node: makes the own certificate anew when it ends soon or lacks a name, and gives it to both nodes. One
 * that an administrator brought is left alone.
 */
export async function renewOwnCertificate(
  parts: { readonly store: Store; readonly write: Write; readonly now: () => number },
  names: readonly string[],
): Promise<void> {
  const current = readWebCertificate(parts.store)?.certificatePem;
  if (current !== undefined && !isOwnCertificate(current)) return;
  if (current !== undefined && !needsRenewal(current, names, new Date(parts.now()))) return;
  await resetWebCertificate(parts, { name: 'tandem', via: 'renewal' }, names);
}

/** A fresh certificate of our own for both nodes, whatever they had. */
export async function resetWebCertificate(
  parts: { readonly write: Write; readonly now: () => number },
  actor: Actor,
  names: readonly string[],
): Promise<{ readonly protected: boolean }> {
  const fresh = await makeOwnCertificate(names, parts.now());
  return parts.write(actor, keepWebCertificate(fresh, undefined));
}

/** The change by which both nodes serve this one; `acme` says that it was ordered, and how the next will be. */
export function keepWebCertificate(
  { certificatePem, privateKeyPem }: WebCertificate,
  acme: (AcmeSettings & { readonly accountKeyPem: string }) | undefined,
): (transaction: Transaction) => void {
  return ({ identity, settings }) => {
    identity.set('web-certificate', certificatePem);
    identity.set('web-private-key', privateKeyPem);
    if (acme === undefined) {
      settings.unset(acmeSettingName);
      return;
    }
    const { accountKeyPem, ...wish } = acme;
    identity.set('web-acme-account-key', accountKeyPem);
    settings.set(acmeSettingName, wish);
  };
}

/** Whether one that is ordered is to be ordered anew: in the last third of its time, as authorities ask for. */
export function isDue(certificatePem: string, now: number): boolean {
  const { notBefore, notAfter } = factsOf(certificatePem);
  return notAfter - now < (notAfter - notBefore) / 3;
}
