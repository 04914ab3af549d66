import { isLoginName, parseCommonName } from './common-name.ts';

/** Why a client may not be in. */
export type Refusal =
  | 'not-a-profile'
  | 'other-user'
  | 'unknown-user'
  | 'blocked'
  | 'expired'
  | 'wrong-password'
  | 'code-missing'
  | 'wrong-code'
  | 'code-used'
  | 'code-not-set-up'
  | 'password-needed'
  | 'auto-login-forbidden'
  | 'locked-out'
  | 'password-changed'
  | 'no-address'
  | 'too-many-logins';

/** What a refused client is told (`AUTH_FAILED,<words>`). Whether a user exists is not told. */
export const REFUSAL_WORDS: Readonly<Record<Refusal, string>> = {
  'not-a-profile': 'this certificate belongs to no profile',
  'other-user': 'this profile belongs to another user',
  'unknown-user': 'wrong user name or password',
  blocked: 'user is blocked',
  expired: 'user account has expired',
  'wrong-password': 'wrong user name or password',
  'code-missing': 'a one-time code is needed: get a new profile, which asks for it',
  // The same as for a wrong password typed beside a code, so that it does not tell which of both was right.
  'wrong-code': 'wrong user name, password or one-time code',
  'code-used': 'this one-time code was used already, wait for the next one',
  'password-needed': 'this profile needs a user name and a password',
  'auto-login-forbidden': 'profiles without a password are not allowed for this user',
  'code-not-set-up': 'a one-time code is required and none is set up: ask your administrator',
  'locked-out': 'too many wrong passwords or codes, try again later',
  'password-changed': 'the password was changed, log in again',
  'no-address': 'TEMP[backoff 10,advance no]:no address is free for you, try again later',
  // A client of 2.6 reads the prefix and tries again by itself after that many seconds.
  'too-many-logins': 'TEMP[backoff 3,advance no]:too many logins at once',
};

/** What a refused client is told; `withCode` says that it sent a one-time code beside the password. */
export function refusalWords(refusal: Refusal, withCode: boolean, lockedMinutes?: number): string {
  if (refusal === 'locked-out' && lockedMinutes !== undefined) {
    return `too many wrong passwords or codes, try again in ${lockedMinutes} minute${lockedMinutes === 1 ? '' : 's'}`;
  }
  const either = withCode && (refusal === 'wrong-password' || refusal === 'unknown-user');
  return REFUSAL_WORDS[either ? 'wrong-code' : refusal];
}

/**
 * A profile is locked to its user: the certificate's user and the user who logs in must be the same. With the `generic` profile
 * a client is called by the name of the user who logged in.
 */
export function checkOwner(commonName: string, username: string, generic = false): Refusal | undefined {
  if (generic) return commonName === username && isLoginName(commonName) ? undefined : 'not-a-profile';
  const owner = parseCommonName(commonName)?.username;
  if (owner === undefined) return 'not-a-profile';
  return owner === username ? undefined : 'other-user';
}

/** Whose client it is: the user who logged in, or for a client without a user name the owner of its certificate. */
export function accountName(client: { readonly commonName: string; readonly username: string }): string {
  return client.username === '' ? (parseCommonName(client.commonName)?.username ?? '') : client.username;
}

/** What is known of the account of a client that is in. */
export interface AccountOfClient {
  readonly blocked: boolean;
  readonly expired?: boolean;
  /** Sessions that began in this second or before, of those since 1970, are over. */
  readonly endedSeconds?: number;
  /** Whether a certificate made for that lets in without a password. */
  readonly autoLogin?: boolean;
  /** Only a password lets in at the moment. */
  readonly tokensRefused?: boolean;
}

/**
 * Whether a client that OpenVPN let in may stay. A token is checked inside OpenVPN, which knows neither the owner of a
 * profile nor who was blocked a moment ago. `byToken` says that the client was seen to come in without a password.
 */
export function checkEstablished(
  client: { readonly commonName: string; readonly username: string; readonly sinceSeconds: number },
  account: AccountOfClient | undefined,
  { byToken = false, generic = false }: { readonly byToken?: boolean; readonly generic?: boolean } = {},
): Refusal | undefined {
  const byCertificate = client.username === '';
  const refusal = byCertificate ? undefined : checkOwner(client.commonName, client.username, generic);
  if (refusal !== undefined) return refusal;
  if (account === undefined) return 'unknown-user';
  if (byCertificate && account.autoLogin !== true) return 'auto-login-forbidden';
  if (account.blocked) return 'blocked';
  if (account.expired === true) return 'expired';
  // Without a password there is none that could have been changed.
  if (byCertificate) return undefined;
  const over = account.endedSeconds !== undefined && client.sinceSeconds <= account.endedSeconds;
  return over || (byToken && account.tokensRefused === true) ? 'password-changed' : undefined;
}
