import { checkOwner, REFUSAL_WORDS, type Refusal } from '../../core/openvpn/admission.ts';
import type { LoginRequest } from '../../core/openvpn/management/messages.ts';
import { MAX_PASSWORD_LENGTH, verifyPassword } from './password.ts';
import { Turnstile } from './turnstile.ts';

/** What is known of a user who logs in. */
export interface LoginAccount {
  readonly blocked: boolean;
  /** PHC string. */
  readonly passwordHash: string;
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
  readonly #turnstile: Turnstile;

  constructor(parts: {
    readonly findAccount: (username: string) => LoginAccount | undefined;
    /** How many passwords are checked at once (default 2) and may wait for it (default 500). */
    readonly concurrency?: number;
    readonly queueLimit?: number;
  }) {
    this.#findAccount = parts.findAccount;
    this.#turnstile = new Turnstile({
      concurrency: parts.concurrency ?? 2,
      queueLimit: parts.queueLimit ?? 500,
    });
  }

  async decide(request: LoginRequest): Promise<LoginDecision> {
    const who = {
      commonName: request.env.get('common_name') ?? '',
      username: request.env.get('username') ?? '',
    };
    const refusal =
      checkOwner(who.commonName, who.username) ??
      (await this.#checkPassword(who.username, request.password()));
    if (refusal === undefined) return { accept: true, ...who };
    return { accept: false, ...who, refusal, words: REFUSAL_WORDS[refusal] };
  }

  async #checkPassword(username: string, password: string): Promise<Refusal | undefined> {
    if (password.length > MAX_PASSWORD_LENGTH) return 'wrong-password';
    const verdict = await this.#turnstile.pass(async () => {
      // Looked up when its turn comes: a user who was blocked meanwhile is refused.
      const account = this.#findAccount(username);
      const right = await verifyPassword(password, account?.passwordHash);
      return { account, right };
    });
    if (verdict === undefined) return 'too-many-logins';
    if (verdict.account === undefined) return 'unknown-user';
    if (!verdict.right) return 'wrong-password';
    return verdict.account.blocked ? 'blocked' : undefined;
  }
}
