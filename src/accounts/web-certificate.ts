import {
  createWebCertificate,
  isOwnCertificate,
  needsRenewal,
  type WebCertificate,
} from '../access/pki/web-certificate.ts';
import type { Store } from '../store/store.ts';
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
  const fresh = await makeOwnCertificate(names, parts.now());
  await parts.write({ name: 'tandem', via: 'renewal' }, (transaction) => {
    transaction.identity.set('web-certificate', fresh.certificatePem);
    transaction.identity.set('web-private-key', fresh.privateKeyPem);
  });
}
