import { LoginGate } from '../access/auth/login-gate.ts';
import { type LoginFact, LoginMemory } from '../access/auth/login-memory.ts';
import { type LockoutRules, lockoutRules } from '../core/accounts/lockout.ts';
import { isExpired } from '../core/accounts/standing.ts';
import { TandemError } from '../core/errors.ts';
import type { Refusal } from '../core/openvpn/admission.ts';
import { readVpnSettings } from '../settings/read.ts';
import type { Store } from '../store/store.ts';
import { findStandingUser, type StandingUser } from './standing.ts';

/**
 * Decides who may open the pages: the same accounts, passwords, one-time codes and lockouts as at the door of the VPN.
 * Whether a user exists is told to nobody: wrong answers for a name that is none count and lock it out the same way.
 */
export class SignIn {
  readonly #store: Store;
  readonly #gate: LoginGate;
  readonly #strangers: LoginMemory;

  constructor(parts: {
    readonly store: Store;
    /** Keeps what a login left behind where the other node finds it; may reject on a standby. */
    readonly rememberLogin: (fact: LoginFact) => Promise<void>;
    readonly now: () => number;
  }) {
    this.#store = parts.store;
    const remember = async (fact: LoginFact): Promise<boolean> => {
      try {
        await parts.rememberLogin(fact);
        return true;
      } catch {
        // A standby keeps no fact for others; here it is remembered all the same.
        return false;
      }
    };
    const rules = (): LockoutRules => lockoutRules(readVpnSettings(parts.store).lockout);
    this.#gate = new LoginGate({
      findAccount: (name) => {
        const user = findStandingUser(parts.store, name);
        if (user === undefined) return undefined;
        const { passwordHash, blocked, lockedUntil, oneTimeKey, oneTimeStep } = user;
        return {
          passwordHash,
          blocked,
          lockedUntil,
          expired: isExpired(user, parts.now()),
          oneTimeCodeRequired: user.oneTimeCode,
          ...(oneTimeKey === undefined ? {} : { oneTimeCode: { key: oneTimeKey, lastStep: oneTimeStep } }),
        };
      },
      memory: new LoginMemory({ now: parts.now, remember, rules }),
    });
    this.#strangers = new LoginMemory({ now: parts.now, remember: async () => false, rules });
  }

  /**
   * Asked again before something grave; wrong answers count as at the door.
   * @throws TandemError `accounts.present-password`, `accounts.sign-in.locked-out`, `.closed`, `.busy`
   */
  async confirm(name: string, password: string): Promise<void> {
    const refusal = await this.#gate.checkAnswer(name, { password, code: undefined });
    if (refusal === undefined || refusal === 'code-missing' || refusal === 'code-not-set-up') return;
    throw refusal === 'wrong-password' ? notThePassword() : refused(refusal);
  }

  /**
   * The user whose password (and code, where one is needed) these are.
   * @throws TandemError `accounts.sign-in.wrong`, `.code-needed`, `.locked-out`, `.closed`, `.busy`
   */
  async check(name: string, password: string, code: string | undefined): Promise<StandingUser> {
    if (this.#strangers.isLockedOut(name, 0)) throw refused('locked-out');
    const answer = await this.#gate.checkAnswer(name, { password, code });
    // Who must have codes and has none yet sets them up here; to the VPN the door stays shut until then.
    const refusal = answer === 'code-not-set-up' ? undefined : answer;
    if (refusal === 'unknown-user') this.#strangers.failed(name);
    const user = findStandingUser(this.#store, name);
    if (refusal !== undefined || user === undefined) throw refused(refusal ?? 'unknown-user');
    return user;
  }
}

function notThePassword(): TandemError {
  return new TandemError({
    code: 'accounts.present-password',
    culprit: 'caller',
    message: 'This is not your present password.',
    hint: 'Type the password that you signed in with',
  });
}

function refused(refusal: Refusal): TandemError {
  switch (refusal) {
    case 'locked-out':
      return new TandemError({
        code: 'accounts.sign-in.locked-out',
        culprit: 'caller',
        message: 'Too many wrong answers for this name.',
        hint: 'Try again later; an administrator can let you in at once',
      });
    // From here on the password was right: who knows it may know the rest.
    case 'code-missing':
      return new TandemError({
        code: 'accounts.sign-in.code-needed',
        culprit: 'caller',
        message: 'This account needs a one-time code beside the password.',
        hint: 'Type the six digits that the authenticator app shows',
      });
    case 'blocked':
    case 'expired':
      return new TandemError({
        code: 'accounts.sign-in.closed',
        culprit: 'caller',
        message: refusal === 'blocked' ? 'This account is blocked.' : 'This account has expired.',
        hint: 'Ask an administrator',
      });
    case 'too-many-logins':
      return new TandemError({
        code: 'accounts.sign-in.busy',
        culprit: 'peer',
        message: 'Too many people sign in at this moment.',
        hint: 'Try again in a few seconds',
      });
    default:
      return new TandemError({
        code: 'accounts.sign-in.wrong',
        culprit: 'caller',
        message: 'Wrong user name, password or one-time code.',
        hint: 'Check what you typed; each one-time code works once',
      });
  }
}
