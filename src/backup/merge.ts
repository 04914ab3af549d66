import { isDeepStrictEqual } from 'node:util';
import { TandemError } from '../core/errors.ts';
import type { Scope } from '../core/replication/scope.ts';
import { scopes } from '../core/replication/scope.ts';
import type { IdentityName } from '../store/identity/identity.ts';
import type { Store } from '../store/store.ts';
import type { Transaction } from '../store/transaction.ts';
import type { User, UserChanges } from '../store/user/user.ts';

/** What makes a server one that these certificates are good for. How its pages prove themselves is its own. */
const authorityNames: readonly IdentityName[] = [
  'ca-certificate',
  'ca-private-key',
  'server-certificate',
  'server-private-key',
  'tls-crypt-v2-server-key',
  'auth-token-secret',
];

/** What a backup of the accounts holds: whoever may be in, with every key that is needed to let them in elsewhere. */
export const accountsBackupScope: Scope = {
  user: scopes.accounts['user'] ?? { columns: [] },
  user_group: scopes.accounts['user_group'] ?? { columns: [] },
  client_address: scopes.accounts['client_address'] ?? { columns: [] },
  certificate: {
    columns: [...(scopes.accounts['certificate']?.columns ?? []), 'private_key', 'tls_crypt_v2_key'],
  },
  identity: { columns: ['name', 'value'], rows: { column: 'name', values: authorityNames } },
};

/** What merging does, or would do. */
export interface MergeCounts {
  readonly usersAdded: number;
  readonly usersChanged: number;
  readonly certificatesAdded: number;
  readonly certificatesRevoked: number;
  /** VPN addresses that another client has here: theirs are given anew with the next profile. */
  readonly addressesInUse: number;
  /** This server had no certificates yet and takes the authority of the backup. */
  readonly authorityTaken: boolean;
}

export type MergeStep = (transaction: Transaction) => void;

/**
 * What makes `into` hold the accounts of `from` as well: new ones are added, those of the same name get what the backup says,
 * others stay, and whoever is blocked or revoked on either side is so afterwards. Doing it again changes nothing.
 * Throws `backup.other-authority`.
 */
export function planMerge(from: Store, into: Store): { counts: MergeCounts; steps: MergeStep[] } {
  const steps: MergeStep[] = [];
  const authorityTaken = planIdentity(from, into, steps);
  const counts = {
    usersAdded: 0,
    usersChanged: 0,
    certificatesAdded: 0,
    certificatesRevoked: 0,
    addressesInUse: 0,
  };
  for (const group of from.groups.list()) {
    const known = into.groups.find(group.name);
    if (known === undefined) steps.push(({ groups }) => groups.add(group));
    else if (!isDeepStrictEqual(known.properties, group.properties))
      steps.push(({ groups }) => groups.setProperties(group.name, group.properties));
  }
  for (const user of from.users.list()) {
    const known = into.users.find(user.name);
    const wanted = changesFor(user, known);
    if (known === undefined) {
      counts.usersAdded++;
      steps.push(({ users }) => {
        users.add(user);
        users.change(user.name, wanted);
      });
    } else if (!isDeepStrictEqual(changesFor(known, undefined), wanted)) {
      counts.usersChanged++;
      steps.push(({ users }) => users.change(user.name, wanted));
    }
  }
  for (const certificate of from.certificates.list()) {
    const { serial, revokedAt, revocationReason } = certificate;
    const known = into.certificates.find(serial);
    if (known === undefined) {
      counts.certificatesAdded++;
      steps.push(({ certificates }) => certificates.add(certificate));
    }
    if (revokedAt !== undefined && known?.revokedAt === undefined) {
      counts.certificatesRevoked++;
      steps.push(({ certificates }) => certificates.revoke(serial, revokedAt, revocationReason ?? ''));
    }
  }
  for (const { commonName, ipv4 } of from.clientAddresses.list()) {
    if (into.clientAddresses.find(commonName) !== undefined) continue;
    if (into.clientAddresses.holderOf(ipv4) !== undefined) counts.addressesInUse++;
    else steps.push(({ clientAddresses }) => clientAddresses.assign(commonName, ipv4));
  }
  return { counts: { ...counts, authorityTaken }, steps };
}

function changesFor(user: User, known: User | undefined): UserChanges {
  const { passwordHash, blocked, group, properties, passwordChangedAt, oneTimeKey } = user;
  return {
    passwordHash,
    blocked: blocked || known?.blocked === true,
    group,
    properties,
    passwordChangedAt,
    oneTimeKey,
  };
}

/** Certificates of one authority are worth nothing to a server with another one. */
function planIdentity(from: Store, into: Store, steps: MergeStep[]): boolean {
  const theirs = from.identity.get('ca-certificate');
  if (theirs === into.identity.get('ca-certificate')) return false;
  if (into.certificates.list().length > 0) {
    throw new TandemError({
      code: 'backup.other-authority',
      culprit: 'caller',
      message:
        'The certificates in the backup are of another authority than those of this server, which has issued its own. Nothing was changed.',
      hint: 'Restore it on a server that has no profiles yet: it takes the authority of the backup',
    });
  }
  for (const name of authorityNames) copyIdentity(name, from, steps);
  return true;
}

function copyIdentity(name: IdentityName, from: Store, steps: MergeStep[]): void {
  const value = from.identity.get(name);
  if (value !== undefined) steps.push(({ identity }) => identity.set(name, value));
}
