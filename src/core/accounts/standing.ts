import { tokensRefusedUntil } from './tokens.ts';

/** What decides whether a user may be in. Times are milliseconds since 1970 of the wall clock. */
export interface Standing {
  readonly blocked: boolean;
  /** Undefined: never. */
  readonly expiresAt: number | undefined;
  /** Of the last change by which sessions and tokens from before ended; 0 when there was none. */
  readonly passwordChangedAt: number;
}

export function isExpired(user: Standing, now: number): boolean {
  return user.expiresAt !== undefined && now >= user.expiresAt;
}

/** Whether the user needs the password even with a token that OpenVPN would take. */
export function needsPassword(user: Standing, now: number, renewalSeconds: number): boolean {
  return now < tokensRefusedUntil(user.passwordChangedAt, renewalSeconds);
}

/** When the answer of one of the above changes by itself; undefined when never. */
export function nextTurn(user: Standing, now: number, renewalSeconds: number): number | undefined {
  const refusedUntil = tokensRefusedUntil(user.passwordChangedAt, renewalSeconds);
  const turns = [user.expiresAt ?? 0, refusedUntil].filter((turn) => turn > now);
  return turns.length === 0 ? undefined : Math.min(...turns);
}
