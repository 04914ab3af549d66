import { randomBytes } from 'node:crypto';
import { TandemError } from '../core/errors.ts';
import type { Actor } from '../store/actor.ts';
import type { Store } from '../store/store.ts';
import { unknownUser } from './errors.ts';
import type { Profiles } from './profiles.ts';
import { findStandingUser } from './standing.ts';
import { hashOfSecret } from './web-sessions.ts';
import type { Write } from './write.ts';

const lifetimeMs = 86_400_000;
const secretBytes = 32;

/** Links for people who get their profile on a device where they are not signed in. Each works once, for a day. */
export class OneTimeLinks {
  readonly #store: Store;
  readonly #write: Write;
  readonly #profiles: Pick<Profiles, 'get'>;
  readonly #now: () => number;

  constructor(parts: { store: Store; write: Write; profiles: Pick<Profiles, 'get'>; now: () => number }) {
    this.#store = parts.store;
    this.#write = parts.write;
    this.#profiles = parts.profiles;
    this.#now = parts.now;
  }

  /** @throws TandemError `store.user.unknown`, `accounts.profile.name` */
  async create(
    actor: Actor,
    userName: string,
    profileName: string,
  ): Promise<{ secret: string; expiresAt: number; protected: boolean }> {
    if (findStandingUser(this.#store, userName) === undefined) throw unknownUser(userName);
    // Made now, so that a name that cannot be is refused to who asks and not to who follows the link.
    await this.#profiles.get(actor, userName, profileName);
    const secret = randomBytes(secretBytes).toString('base64url');
    const expiresAt = this.#now() + lifetimeMs;
    const written = await this.#write(actor, (transaction) => {
      transaction.oneTimeLinks.removeExpired(this.#now());
      transaction.oneTimeLinks.add({ secretHash: hashOfSecret(secret), userName, profileName, expiresAt });
    });
    return { secret, expiresAt, protected: written.protected };
  }

  /**
   * The profile's text; the link is used up before it is given out.
   * @throws TandemError `accounts.link.unknown`, whatever the reason is
   */
  async follow(secret: string): Promise<{ fileName: string; text: string }> {
    const secretHash = hashOfSecret(secret);
    const link = this.#store.oneTimeLinks.find(secretHash);
    if (link === undefined || link.expiresAt <= this.#now()) throw unknownLink();
    const user = findStandingUser(this.#store, link.userName);
    if (user === undefined || user.blocked) throw unknownLink();
    const actor: Actor = { name: link.userName, via: 'link' };
    await this.#write(actor, (transaction) => {
      if (transaction.oneTimeLinks.remove(secretHash) === 0) throw unknownLink();
    });
    const { profile } = await this.#profiles.get(actor, link.userName, link.profileName);
    return { fileName: `${link.userName}-${link.profileName}.ovpn`, text: profile.text };
  }
}

function unknownLink(): TandemError {
  return new TandemError({
    code: 'accounts.link.unknown',
    culprit: 'caller',
    message: 'This link was used already, or it is too old.',
    hint: 'Ask for a new one',
  });
}
