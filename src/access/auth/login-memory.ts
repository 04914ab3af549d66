import {
  countFailure,
  defaultLockoutRules,
  type Failures,
  type LockoutRules,
} from '../../core/accounts/lockout.ts';
import { matchOneTimeCode } from './one-time-code.ts';

/** What a login leaves behind that the other node must know after a takeover. Times are milliseconds since 1970. */
export type LoginFact =
  | { readonly type: 'locked-out'; readonly username: string; readonly until: number }
  | { readonly type: 'code-used'; readonly username: string; readonly step: number };

const mostRemembered = 10_000;

/**
 * Wrong answers and used codes of each user. Both count here at once; what is to survive a takeover goes to `remember`,
 * which is asked once per lockout and once per code, never per wrong answer. A takeover forgets fewer wrong answers than
 * lock a user out.
 */
export class LoginMemory {
  readonly #now: () => number;
  readonly #remember: (fact: LoginFact) => Promise<boolean>;
  readonly #rules: () => LockoutRules;
  readonly #failures = new Map<string, Failures>();
  readonly #lockedUntil = new Map<string, number>();
  readonly #usedStep = new Map<string, number>();

  /** @param parts.remember keeps the fact in the account; resolves with false when it could not, and never rejects */
  constructor(parts: {
    readonly now: () => number;
    readonly remember: (fact: LoginFact) => Promise<boolean>;
    /** As they are at the moment of a wrong answer. */
    readonly rules?: () => LockoutRules;
  }) {
    this.#now = parts.now;
    this.#remember = parts.remember;
    this.#rules = parts.rules ?? (() => defaultLockoutRules);
  }

  /** @param stored until when the account itself says so */
  isLockedOut(username: string, stored: number): boolean {
    return this.#now() < Math.max(stored, this.#lockedUntil.get(username) ?? 0);
  }

  /** Until the user may try again, rounded up; undefined when not locked out. */
  minutesLockedOut(username: string, stored: number): number | undefined {
    const leftMs = Math.max(stored, this.#lockedUntil.get(username) ?? 0) - this.#now();
    return leftMs > 0 ? Math.ceil(leftMs / 60_000) : undefined;
  }

  failed(username: string): void {
    const { failures, lockedUntil } = countFailure(
      this.#failures.get(username) ?? [],
      this.#now(),
      this.#rules(),
    );
    keep(this.#failures, username, failures);
    if (lockedUntil === undefined) return;
    keep(this.#lockedUntil, username, lockedUntil);
    void this.#remember({ type: 'locked-out', username, until: lockedUntil }).then((kept) => {
      // From here on the account says so itself, and whoever unlocks the account unlocks the user.
      if (kept) this.#lockedUntil.delete(username);
    });
  }

  succeeded(username: string): void {
    this.#failures.delete(username);
  }

  /** Takes the code, once. `storedStep` is the last one that the account knows of. */
  takeCode(username: string, key: string, code: string, storedStep: number): 'taken' | 'wrong' | 'used' {
    const step = matchOneTimeCode(key, code, this.#now());
    if (step === undefined) return 'wrong';
    if (step <= Math.max(storedStep, this.#usedStep.get(username) ?? 0)) return 'used';
    keep(this.#usedStep, username, step);
    void this.#remember({ type: 'code-used', username, step });
    return 'taken';
  }
}

/** Only users who exist get here, but a bound costs nothing: the oldest goes first. */
function keep<Value>(map: Map<string, Value>, username: string, value: Value): void {
  map.delete(username);
  map.set(username, value);
  const [oldest] = map.keys();
  if (map.size > mostRemembered && oldest !== undefined) map.delete(oldest);
}
