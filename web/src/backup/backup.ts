import type { RestoreView } from '../../../src/api/backup-contract.ts';
import { request, requestFile } from '../api/request.ts';

export type { RestoreView };
export type BackupKind = RestoreView['kind'];

/** What a file that was encrypted begins with. */
const encryptedIntro = 'age-encryption.org/v1\n';
/** Large ones over a slow line. */
const longMs = 15 * 60_000;

export function makeBackup(kind: BackupKind, passphrase: string): Promise<Blob> {
  return requestFile(`/backup?kind=${kind}`, {
    method: 'POST',
    body: passphrase === '' ? {} : { passphrase },
    timeoutMs: longMs,
  });
}

/** A name that says what is in it and when it was made, for a folder that holds many. */
export function fileName(kind: BackupKind, encrypted: boolean, now: Date): string {
  const moment = now.toISOString().slice(0, 16).replaceAll(':', '').replace('T', '-');
  return `tandem-${kind === 'whole' ? 'everything' : 'accounts'}-${moment}${encrypted ? '.age' : '.backup'}`;
}

export async function isEncrypted(file: File): Promise<boolean> {
  return (await file.slice(0, encryptedIntro.length).text()) === encryptedIntro;
}

/** `rehearse`: everything is checked and nothing is changed. */
export function restoreBackup(file: File, passphrase: string, rehearse: boolean): Promise<RestoreView> {
  return request(`/backup/restore?dry-run=${rehearse}&force=true`, {
    method: 'POST',
    body: file,
    headers: passphrase === '' ? {} : { 'x-backup-passphrase': base64url(passphrase) },
    timeoutMs: longMs,
  });
}

function base64url(text: string): string {
  const binary = Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join('');
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
