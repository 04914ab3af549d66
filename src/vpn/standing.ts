import type { LoginAccount } from '../access/auth/login-gate.ts';
import type { StandingUser } from '../accounts/standing.ts';
import { isExpired, needsPassword } from '../core/accounts/standing.ts';
import type { Certificate } from '../store/certificate/certificate.ts';

/** The account as the door sees it at the moment. */
export function loginAccount(
  user: StandingUser | undefined,
  now: number,
  renewalSeconds: number,
): LoginAccount | undefined {
  if (user === undefined) return undefined;
  const { passwordHash, blocked, lockedUntil, oneTimeKey, oneTimeStep } = user;
  return {
    passwordHash,
    blocked,
    lockedUntil,
    expired: isExpired(user, now),
    endedSeconds: Math.floor(user.passwordChangedAt / 1000),
    oneTimeCodeRequired: user.oneTimeCode,
    autoLogin: user.autoLogin,
    tokensRefused: needsPassword(user, now, renewalSeconds),
    ...(oneTimeKey === undefined ? {} : { oneTimeCode: { key: oneTimeKey, lastStep: oneTimeStep } }),
  };
}

/** Whether a session that began then did so with a certificate that is revoked now. */
export function wasRevoked(certificates: readonly Certificate[], sinceSeconds: number): boolean {
  return (
    certificates.every((one) => one.revokedAt !== undefined) ||
    certificates.some(
      (one) => one.revokedAt !== undefined && sinceSeconds <= Math.floor(one.revokedAt / 1000),
    )
  );
}
