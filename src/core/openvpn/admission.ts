import { parseCommonName } from './common-name.ts';

/** Why a client may not be in. */
export type Refusal =
  | 'not-a-profile'
  | 'other-user'
  | 'unknown-user'
  | 'blocked'
  | 'wrong-password'
  | 'too-many-logins';

/** What a refused client is told (`AUTH_FAILED,<words>`). Whether a user exists is not told. */
export const REFUSAL_WORDS: Readonly<Record<Refusal, string>> = {
  'not-a-profile': 'this certificate belongs to no profile',
  'other-user': 'this profile belongs to another user',
  'unknown-user': 'wrong user name or password',
  blocked: 'user is blocked',
  'wrong-password': 'wrong user name or password',
  // A client of 2.6 reads the prefix and tries again by itself after that many seconds.
  'too-many-logins': 'TEMP[backoff 3,advance no]:too many logins at once',
};

/** A profile is locked to its user: the certificate's user and the user who logs in must be the same. */
export function checkOwner(commonName: string, username: string): Refusal | undefined {
  const owner = parseCommonName(commonName)?.username;
  if (owner === undefined) return 'not-a-profile';
  return owner === username ? undefined : 'other-user';
}

/**
 * Whether a client that OpenVPN let in may stay. A token is checked inside OpenVPN, which knows neither the owner of a
 * profile nor who was blocked a moment ago.
 */
export function checkEstablished(
  client: { readonly commonName: string; readonly username: string },
  account: { readonly blocked: boolean } | undefined,
): Refusal | undefined {
  const refusal = checkOwner(client.commonName, client.username);
  if (refusal !== undefined) return refusal;
  if (account === undefined) return 'unknown-user';
  return account.blocked ? 'blocked' : undefined;
}
