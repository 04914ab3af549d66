import {
  type AccountOfClient,
  accountName,
  checkOwner,
  type Refusal,
  refusalWords,
} from '../../core/openvpn/admission.ts';
import type { LoginRequest } from '../../core/openvpn/management/messages.ts';
import { codeBehindPassword, type LoginAnswer, parseLoginAnswer } from './login-answer.ts';
import { LoginMemory } from './login-memory.ts';
import { MAX_PASSWORD_LENGTH, verifyPassword } from './password.ts';
import { Turnstile } from './turnstile.ts';

/** What is known of a user who logs in. */
export interface LoginAccount extends AccountOfClient {
  /** PHC string. */
  readonly passwordHash: string;
  /** Milliseconds since 1970. */
  readonly lockedUntil?: number;
  /** Base32, for a user who logs in with a one-time code; `lastStep` is the last one used. */
  readonly oneTimeCode?: { readonly key: string; readonly lastStep: number };
  /** Whether a one-time code is asked though the user has no key yet. */
  readonly oneTimeCodeRequired?: boolean;
}

/** `words` is what the client is told. Neither holds the password. */
export type LoginDecision =
  | { readonly accept: true; readonly commonName: string; readonly username: string }
  | {
      readonly accept: false;
      readonly commonName: string;
      readonly username: string;
      readonly refusal: Refusal;
      readonly words: string;
    };

/**
 * Decides logins with a password, a few at a time on other threads, so that a storm of them delays neither this process
 * nor, beyond the queue, the server's memory. An unknown user costs as much time as a known one.
 */
export class LoginGate {
  readonly #findAccount: (username: string) => LoginAccount | undefined;
  readonly #isAutoLogin: (commonName: string) => boolean;
  readonly #generic: boolean;
  readonly #memory: LoginMemory;
  readonly #turnstile: Turnstile;

  constructor(parts: {
    readonly findAccount: (username: string) => LoginAccount | undefined;
    /** Whether the certificate of that name was made to be enough; without, none is. */
    readonly isAutoLogin?: (commonName: string) => boolean;
    /** The certificate is everybody's: whoever logs in is called by the name he logs in with. */
    readonly generic?: boolean;
    /** Without one, wrong answers and used codes are known to this gate alone. */
    readonly memory?: LoginMemory;
    /** How many passwords are checked at once (default 2) and may wait for it (default 500). */
    readonly concurrency?: number;
    readonly queueLimit?: number;
  }) {
    this.#findAccount = parts.findAccount;
    this.#isAutoLogin = parts.isAutoLogin ?? (() => false);
    this.#generic = parts.generic ?? false;
    this.#memory = parts.memory ?? new LoginMemory({ now: Date.now, remember: async () => false });
    this.#turnstile = new Turnstile({
      concurrency: parts.concurrency ?? 2,
      queueLimit: parts.queueLimit ?? 500,
    });
  }

  async decide(request: LoginRequest): Promise<LoginDecision> {
    const username = request.env.get('username') ?? '';
    const commonName = this.#generic ? username : (request.env.get('common_name') ?? '');
    const who = { commonName, username };
    if (who.username === '') return this.#decideByCertificate(who);
    const typed = parseLoginAnswer(request.password());
    const hasCode = this.#findAccount(username)?.oneTimeCode !== undefined;
    const answer = this.#generic && hasCode ? codeBehindPassword(typed) : typed;
    const refusal =
      checkOwner(who.commonName, who.username, this.#generic) ??
      (await this.checkAnswer(who.username, answer));
    if (refusal === undefined) return { accept: true, ...who };
    const minutes = this.#memory.minutesLockedOut(
      who.username,
      this.#findAccount(who.username)?.lockedUntil ?? 0,
    );
    const words = refusalWords(refusal, answer.code !== undefined, minutes);
    return { accept: false, ...who, refusal, words };
  }

  /** A client that sends no user name: its certificate must have been made for that, and its owner be allowed to. */
  #decideByCertificate(who: { commonName: string; username: string }): LoginDecision {
    const account = this.#findAccount(accountName(who));
    const refusal = this.#isAutoLogin(who.commonName) ? refusalByCertificate(account) : 'password-needed';
    if (refusal === undefined) return { accept: true, ...who };
    return { accept: false, ...who, refusal, words: refusalWords(refusal, false) };
  }

  /** Undefined: these are the user's password and code, and the user may be in. */
  async checkAnswer(username: string, answer: LoginAnswer): Promise<Refusal | undefined> {
    if (answer.password.length > MAX_PASSWORD_LENGTH) return 'wrong-password';
    const verdict = await this.#turnstile.pass(async () => {
      // Looked up when its turn comes: a user who was blocked or locked out meanwhile is refused.
      const account = this.#findAccount(username);
      const refusal = this.#isLockedOut(username, account)
        ? 'locked-out'
        : await this.#checkPassword(username, account, answer);
      return { refusal };
    });
    return verdict === undefined ? 'too-many-logins' : verdict.refusal;
  }

  #isLockedOut(username: string, account: LoginAccount | undefined): boolean {
    return account !== undefined && this.#memory.isLockedOut(username, account.lockedUntil ?? 0);
  }

  async #checkPassword(
    username: string,
    account: LoginAccount | undefined,
    answer: LoginAnswer,
  ): Promise<Refusal | undefined> {
    const right = await verifyPassword(answer.password, account?.passwordHash);
    if (account === undefined) return 'unknown-user';
    if (!right) {
      this.#memory.failed(username);
      return 'wrong-password';
    }
    if (account.blocked) return 'blocked';
    if (account.expired === true) return 'expired';
    const refusal = this.#checkCode(username, account, answer.code);
    if (refusal === undefined) this.#memory.succeeded(username);
    return refusal;
  }

  #checkCode(username: string, account: LoginAccount, code: string | undefined): Refusal | undefined {
    if (account.oneTimeCode === undefined)
      return account.oneTimeCodeRequired === true ? 'code-not-set-up' : undefined;
    if (code === undefined) return 'code-missing';
    const { key, lastStep } = account.oneTimeCode;
    const outcome = this.#memory.takeCode(username, key, code, lastStep);
    if (outcome === 'wrong') this.#memory.failed(username);
    return outcome === 'taken' ? undefined : outcome === 'wrong' ? 'wrong-code' : 'code-used';
  }
}

function refusalByCertificate(account: LoginAccount | undefined): Refusal | undefined {
  if (account === undefined) return 'unknown-user';
  if (account.blocked) return 'blocked';
  if (account.expired === true) return 'expired';
  return account.autoLogin === true ? undefined : 'auto-login-forbidden';
}
