import { readFileSync } from 'node:fs';
import { TandemError } from '../core/errors.ts';

/** A system user: passwd(5). */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/**
 * The server runs as `service`, which owns the data. OpenVPN, which strangers talk to, becomes `vpn` and can read
 * nothing but the files of its clients and the revocation list.
 */
export const accountNames = { service: 'tandem', vpn: 'tandem-vpn' } as const;

/** @throws TandemError `settings.account-missing` when `tandem init` has not made the user yet. */
export function systemAccount(name: string): Account {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${name}:`));
  const fields = line?.split(':');
  const uid = Number(fields?.[2]);
  const gid = Number(fields?.[3]);
  if (fields === undefined || !Number.isInteger(uid) || !Number.isInteger(gid)) {
    throw new TandemError({
      code: 'settings.account-missing',
      culprit: 'operator',
      message: `There is no system user "${name}" on this machine.`,
      hint: 'Run: tandem init',
    });
  }
  return { uid, gid };
}
