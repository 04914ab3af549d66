import { randomBytes, randomUUID } from 'node:crypto';
import { isExpired } from '../core/accounts/standing.ts';
import { TandemError } from '../core/errors.ts';
import type { Actor } from '../store/actor.ts';
import type { ApiToken } from '../store/api-token/api-token.ts';
import type { Store } from '../store/store.ts';
import { findStandingUser, type StandingUser } from './standing.ts';
import { hashOfSecret } from './web-sessions.ts';
import type { Write } from './write.ts';

const secretBytes = 32;
const mostTokens = 200;

/** So that a token is known for one wherever it turns up, in a log or in a repository. */
const prefix = 'tandem_';

/** What programs use the API with. A token is shown once, when it is made, and never does more than its maker may. */
export class ApiTokens {
  readonly #store: Store;
  readonly #write: Write;
  readonly #now: () => number;

  constructor(parts: { store: Store; write: Write; now: () => number }) {
    this.#store = parts.store;
    this.#write = parts.write;
    this.#now = parts.now;
  }

  /**
   * @param wish.expiresAt milliseconds since 1970; undefined for never
   * @throws TandemError `accounts.token.expiry`, `accounts.token.too-many`
   */
  async create(
    actor: Actor,
    wish: { name: string; userName: string; scopes: readonly string[]; expiresAt: number | undefined },
  ): Promise<{ secret: string; token: ApiToken; protected: boolean }> {
    const now = this.#now();
    if (wish.expiresAt !== undefined && wish.expiresAt <= now) throw expired();
    const secret = prefix + randomBytes(secretBytes).toString('base64url');
    const token: ApiToken = {
      ...wish,
      id: randomUUID(),
      secretHash: hashOfSecret(secret),
      createdAt: now,
    };
    const written = await this.#write(actor, (transaction) => {
      if (transaction.apiTokens.list().length >= mostTokens) throw tooMany();
      transaction.apiTokens.add(token);
    });
    return { secret, token, protected: written.protected };
  }

  /** Whose token this is, if it and its maker's account still stand. */
  find(secret: string): { token: ApiToken; user: StandingUser } | undefined {
    if (!secret.startsWith(prefix)) return undefined;
    const token = this.#store.apiTokens.withSecretHash(hashOfSecret(secret));
    const now = this.#now();
    if (token === undefined || (token.expiresAt !== undefined && token.expiresAt <= now)) return undefined;
    const user = findStandingUser(this.#store, token.userName);
    return user === undefined || user.blocked || isExpired(user, now) ? undefined : { token, user };
  }

  list(): ApiToken[] {
    return this.#store.apiTokens.list();
  }

  /** @throws TandemError `accounts.token.unknown` */
  async revoke(actor: Actor, id: string): Promise<{ protected: boolean }> {
    return this.#write(actor, (transaction) => {
      if (transaction.apiTokens.remove(id) === 0) throw unknownToken();
    });
  }
}

function expired(): TandemError {
  return new TandemError({
    code: 'accounts.token.expiry',
    culprit: 'caller',
    message: 'A token ends at a time to come.',
    hint: 'Choose a later time, or none',
  });
}

function tooMany(): TandemError {
  return new TandemError({
    code: 'accounts.token.too-many',
    culprit: 'caller',
    message: `There are ${mostTokens} tokens already.`,
    hint: 'Revoke those that are not used any more',
  });
}

function unknownToken(): TandemError {
  return new TandemError({
    code: 'accounts.token.unknown',
    culprit: 'caller',
    message: 'There is no such token.',
    hint: 'Read the list of tokens again',
  });
}
