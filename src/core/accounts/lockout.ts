import type { LockoutSettings } from '../vpn/settings.ts';

/** After this many wrong answers within the window a user is locked out for the duration. */
export interface LockoutRules {
  readonly failures: number;
  readonly windowMs: number;
  readonly durationMs: number;
}

export const defaultLockoutRules: LockoutRules = { failures: 5, windowMs: 900_000, durationMs: 900_000 };

/** As an administrator sets them, in minutes. */
export function lockoutRules(settings: LockoutSettings): LockoutRules {
  const { failures, windowMinutes, minutes } = settings;
  return { failures, windowMs: windowMinutes * 60_000, durationMs: minutes * 60_000 };
}

/** Wrong answers of one user that still count, oldest first, in milliseconds of one clock. */
export type Failures = readonly number[];

/** Counts one more; `lockedUntil` says that this was one too many, and the count begins anew. */
export function countFailure(
  failures: Failures,
  now: number,
  rules: LockoutRules = defaultLockoutRules,
): { readonly failures: Failures; readonly lockedUntil: number | undefined } {
  const recent = [...failures.filter((time) => now - time < rules.windowMs), now];
  if (recent.length < rules.failures) return { failures: recent, lockedUntil: undefined };
  return { failures: [], lockedUntil: now + rules.durationMs };
}
