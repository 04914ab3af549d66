import { readFileSync } from 'node:fs';
import { TandemError } from '../core/errors.ts';

/** The system user that the server runs as: passwd(5). */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

export const accountName = 'tandem';

/** @throws TandemError `supervisor.account-missing` when `tandem init` has not made the user yet. */
export function serviceAccount(): Account {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${accountName}:`));
  const fields = line?.split(':');
  const uid = Number(fields?.[2]);
  const gid = Number(fields?.[3]);
  if (fields === undefined || !Number.isInteger(uid) || !Number.isInteger(gid)) {
    throw new TandemError({
      code: 'supervisor.account-missing',
      culprit: 'operator',
      message: `There is no system user "${accountName}" on this machine.`,
      hint: 'Run: tandem init',
    });
  }
  return { uid, gid };
}
