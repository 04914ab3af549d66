import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { isExpired } from '../core/accounts/standing.ts';
import { TandemError } from '../core/errors.ts';
import type { Actor } from '../store/actor.ts';
import type { Store } from '../store/store.ts';
import type { WebSession } from '../store/web-session/web-session.ts';
import { findStandingUser, type StandingUser } from './standing.ts';
import type { Write } from './write.ts';

/** A working day. */
const lifetimeMs = 12 * 3_600_000;
const secretBytes = 32;
const longestAgent = 200;
const mostPerUser = 20;
const mostLocal = 200;

export interface SignedIn {
  readonly session: WebSession;
  readonly user: StandingUser;
}

/** Whatever proves a person or a program: kept as this, never as it is. */
export function hashOfSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/**
 * Who is signed in to the pages. On the active node a session is a change like any other and travels to the standby, so
 * that after a takeover the browser is still signed in. A standby, which writes nothing, keeps its own in memory.
 */
export class WebSessions {
  readonly #store: Store;
  readonly #write: Write;
  readonly #now: () => number;
  readonly #local = new Map<string, WebSession>();

  constructor(parts: { store: Store; write: Write; now: () => number }) {
    this.#store = parts.store;
    this.#write = parts.write;
    this.#now = parts.now;
  }

  /** For a user whose password was right. The secret belongs in the browser's cookie and nowhere else. */
  async open(
    user: StandingUser,
    from: { readonly address: string; readonly agent: string },
  ): Promise<{ secret: string; session: WebSession }> {
    const secret = randomBytes(secretBytes).toString('base64url');
    const now = this.#now();
    const session: WebSession = {
      id: randomUUID(),
      secretHash: hashOfSecret(secret),
      userName: user.name,
      createdAt: now,
      expiresAt: now + lifetimeMs,
      address: from.address,
      agent: from.agent.slice(0, longestAgent),
    };
    try {
      await this.#write({ name: user.name, via: 'web' }, (transaction) => {
        transaction.webSessions.removeExpired(now);
        for (const oldest of transaction.webSessions.list(user.name).slice(mostPerUser - 1)) {
          transaction.webSessions.remove(oldest.id);
        }
        transaction.webSessions.add(session);
      });
    } catch (error) {
      if (!(error instanceof TandemError && error.code === 'pair.standby')) throw error;
      this.#keepLocally(session);
    }
    return { secret, session };
  }

  /** Who has this secret in the cookie, if the session and the account still stand. */
  find(secret: string): SignedIn | undefined {
    const hash = hashOfSecret(secret);
    const session = this.#store.webSessions.withSecretHash(hash) ?? this.#local.get(hash);
    const now = this.#now();
    if (session === undefined || session.expiresAt <= now) return undefined;
    const user = findStandingUser(this.#store, session.userName);
    if (user === undefined || user.blocked || isExpired(user, now)) return undefined;
    // A new password ends what was opened with the old one.
    return session.createdAt < user.passwordChangedAt ? undefined : { session, user };
  }

  /** Those that are still in force, newest first. */
  list(userName?: string): WebSession[] {
    const now = this.#now();
    const local = [...this.#local.values()].filter(
      (one) => userName === undefined || one.userName === userName,
    );
    return [...local, ...this.#store.webSessions.list(userName)].filter((one) => one.expiresAt > now);
  }

  /** @throws TandemError `accounts.session.unknown`; a session of another user than `ofUser` is unknown too */
  async close(actor: Actor, id: string, ofUser?: string): Promise<void> {
    const session = this.list(ofUser).find((one) => one.id === id);
    if (session === undefined) throw unknownSession();
    if (this.#local.delete(session.secretHash)) return;
    await this.#write(actor, (transaction) => transaction.webSessions.remove(id));
  }

  /** Ends every session of a user, on this node at least. */
  async closeAll(actor: Actor, userName: string): Promise<void> {
    for (const session of this.#local.values()) {
      if (session.userName === userName) this.#local.delete(session.secretHash);
    }
    if (this.#store.webSessions.list(userName).length === 0) return;
    await this.#write(actor, (transaction) => transaction.webSessions.removeOfUser(userName));
  }

  #keepLocally(session: WebSession): void {
    const [oldest] = this.#local.keys();
    if (this.#local.size >= mostLocal && oldest !== undefined) this.#local.delete(oldest);
    this.#local.set(session.secretHash, session);
  }
}

function unknownSession(): TandemError {
  return new TandemError({
    code: 'accounts.session.unknown',
    culprit: 'caller',
    message: 'There is no such session, or it has ended.',
    hint: 'Read the list of sessions again',
  });
}
