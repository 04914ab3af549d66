import type { LoginFact } from '../access/auth/login-memory.ts';
import { createOneTimeKey, oneTimeKeyUri } from '../access/auth/one-time-code.ts';
import { checkPassword, hashPassword } from '../access/auth/password.ts';
import { readVpnSettings } from '../settings/read.ts';
import type { Actor } from '../store/actor.ts';
import type { ProfileInForce } from '../store/certificate/certificate.ts';
import type { Store } from '../store/store.ts';
import type { Transaction } from '../store/transaction.ts';
import { checkUserName, type User } from '../store/user/user.ts';
import { unknownUser } from './errors.ts';
import { findStandingUser, listStandingUsers, type StandingUser } from './standing.ts';
import { importUsers } from './user-import.ts';
import { checkedChanges, type UserWishes } from './user-wishes.ts';
import type { Write } from './write.ts';

/** A user with the profiles that are in force and their VPN addresses. */
export interface UserWithProfiles extends StandingUser {
  readonly profiles: readonly {
    readonly name: string;
    readonly kind: 'user-locked' | 'auto-login';
    readonly vpnAddress: string | undefined;
    /** Of its certificate; milliseconds since 1970. */
    readonly notAfter: number;
  }[];
}

/** For so many it costs less to ask for the profiles of each. */
const fewUsers = 100;
const loginActor: Actor = { name: 'login', via: 'vpn' };

/** The accounts of the people who may use the VPN. */
export class UserAccounts {
  readonly #store: Store;
  readonly #write: Write;
  readonly #now: () => number;

  constructor(parts: { store: Store; write: Write; now: () => number }) {
    this.#store = parts.store;
    this.#write = parts.write;
    this.#now = parts.now;
  }

  /** A part of those who fit, ordered by name, and how many do. */
  page(wish: {
    readonly fits: (user: StandingUser) => boolean;
    readonly offset: number;
    readonly limit: number | undefined;
  }): { readonly users: UserWithProfiles[]; readonly total: number } {
    const fitting = listStandingUsers(this.#store).filter(wish.fits);
    const page = fitting.slice(wish.offset, wish.limit === undefined ? undefined : wish.offset + wish.limit);
    return { users: this.#withProfiles(page), total: fitting.length };
  }

  count(): { readonly total: number; readonly blocked: number } {
    const users = listStandingUsers(this.#store);
    return { total: users.length, blocked: users.filter(({ blocked }) => blocked).length };
  }

  #withProfiles(users: readonly StandingUser[]): UserWithProfiles[] {
    if (users.length <= fewUsers) return users.map((user) => this.#withOwnProfiles(user));
    const profiles = Map.groupBy(this.#store.certificates.inForce(), (profile) => profile.userName);
    const addresses = new Map(this.#store.clientAddresses.list().map((one) => [one.commonName, one.ipv4]));
    return users.map((user) => ({
      ...user,
      profiles: (profiles.get(user.name) ?? []).map((profile) => present(profile, addresses)),
    }));
  }

  #withOwnProfiles(user: StandingUser): UserWithProfiles {
    const inForce = latestOfEach(
      this.#store.certificates.ofUser(user.name).filter((one) => one.revokedAt === undefined),
    );
    const addresses = new Map(
      inForce.map((one) => [one.commonName, this.#store.clientAddresses.find(one.commonName)?.ipv4]),
    );
    return { ...user, profiles: inForce.map((profile) => present(profile, addresses)) };
  }

  /** @throws TandemError `store.user.unknown` */
  show(name: string): UserWithProfiles {
    const user = findStandingUser(this.#store, name);
    if (user === undefined) throw unknownUser(name);
    return this.#withOwnProfiles(user);
  }

  /** @throws TandemError `store.user.name`, `store.user.exists`, `access.auth.*` for a password that is too weak */
  async add(actor: Actor, user: { name: string; password: string }): Promise<{ protected: boolean }> {
    checkUserName(user.name);
    checkPassword(user.password, readVpnSettings(this.#store).passwords);
    const passwordHash = await hashPassword(user.password);
    return this.#write(actor, (transaction) => {
      transaction.users.add({ name: user.name, passwordHash, blocked: false, createdAt: this.#now() });
    });
  }

  /** @throws TandemError `accounts.import.unreadable`, and nobody was added */
  import(actor: Actor, csv: string, dryRun: boolean): ReturnType<typeof importUsers> {
    return importUsers({ store: this.#store, write: this.#write, now: this.#now }, actor, csv, dryRun);
  }

  /** @throws TandemError `store.user.unknown`, `accounts.user.*`, `store.client-address.taken` */
  async set(actor: Actor, name: string, wishes: UserWishes): Promise<{ protected: boolean }> {
    return this.#write(actor, (transaction) => {
      const { changes, address } = checkedChanges(transaction, name, wishes, this.#now());
      transaction.users.change(name, changes);
      if (address !== undefined) transaction.clientAddresses.assign(address.commonName, address.ipv4);
    });
  }

  /** Unblocking also lets in again who is locked out. @throws TandemError `store.user.unknown` */
  async setBlocked(actor: Actor, name: string, blocked: boolean): Promise<{ protected: boolean }> {
    return this.#write(actor, (transaction) => {
      transaction.users.change(name, blocked ? { blocked } : { blocked, lockedUntil: 0 });
      if (blocked) transaction.webSessions.removeOfUser(name);
    });
  }

  /** Ends the user's sessions and tokens. @throws TandemError `store.user.unknown`, `access.auth.weak-password` */
  async setPassword(actor: Actor, name: string, password: string): Promise<{ protected: boolean }> {
    checkPassword(password, readVpnSettings(this.#store).passwords);
    if (this.#store.users.find(name) === undefined) throw unknownUser(name);
    const passwordHash = await hashPassword(password);
    return this.#write(actor, (transaction) => {
      transaction.users.change(name, { passwordHash, passwordChangedAt: this.#now(), lockedUntil: 0 });
      transaction.webSessions.removeOfUser(name);
    });
  }

  /**
   * The key of the user's one-time codes: the one there is, or a new one when there is none or `renew` is set.
   * @throws TandemError `store.user.unknown`
   */
  async oneTimeKey(
    actor: Actor,
    name: string,
    renew: boolean,
  ): Promise<{ key: string; uri: string; created: boolean; protected: boolean }> {
    const fresh = createOneTimeKey();
    const written = await this.#write(actor, (transaction) => {
      const key = requireUser(transaction, name).oneTimeKey;
      if (key !== undefined && !renew) return { key, created: false };
      transaction.users.change(name, { oneTimeKey: fresh });
      return { key: fresh, created: true };
    });
    const { key, created } = written.result;
    return { key, uri: oneTimeKeyUri(name, key), created, protected: written.protected };
  }

  /** A key that the user's app is known to have; `step` is that of the code which showed it. @throws TandemError `store.user.unknown` */
  async setOneTimeKey(
    actor: Actor,
    name: string,
    key: string,
    step: number,
  ): Promise<{ protected: boolean }> {
    return this.#write(actor, (transaction) =>
      transaction.users.change(name, { oneTimeKey: key, oneTimeStep: step }),
    );
  }

  /** From now on the password is enough. @throws TandemError `store.user.unknown` */
  async removeOneTimeKey(actor: Actor, name: string): Promise<{ protected: boolean }> {
    return this.#write(actor, (transaction) => transaction.users.change(name, { oneTimeKey: undefined }));
  }

  /** Keeps what a login left behind, for the other node after a takeover. A user who is gone needs nothing. */
  async rememberLogin(fact: LoginFact): Promise<void> {
    await this.#write(loginActor, (transaction) => {
      if (transaction.users.find(fact.username) === undefined) return;
      transaction.users.change(
        fact.username,
        fact.type === 'locked-out' ? { lockedUntil: fact.until } : { oneTimeStep: fact.step },
      );
    });
  }

  /**
   * Takes the account away, revokes its certificates and frees its VPN addresses, in one change.
   * @throws TandemError `store.user.unknown`
   */
  async remove(actor: Actor, name: string): Promise<{ protected: boolean }> {
    return this.#write(actor, (transaction) => {
      transaction.users.remove(name);
      transaction.webSessions.removeOfUser(name);
      transaction.apiTokens.removeOfUser(name);
      transaction.oneTimeLinks.removeOfUser(name);
      transaction.clientAddresses.release(name);
      for (const certificate of transaction.certificates.ofUser(name)) {
        if (certificate.revokedAt === undefined) {
          transaction.certificates.revoke(certificate.serial, this.#now(), 'user removed');
        }
        transaction.clientAddresses.release(certificate.commonName);
      }
    });
  }
}

/** A profile that was renewed has two certificates in force for a while. */
function latestOfEach(certificates: readonly ProfileInForce[]): ProfileInForce[] {
  const latest = new Map<string, ProfileInForce>();
  for (const one of certificates) {
    const known = latest.get(one.commonName);
    if (known === undefined || known.notAfter < one.notAfter) latest.set(one.commonName, one);
  }
  return [...latest.values()];
}

function present(
  profile: ProfileInForce,
  addresses: ReadonlyMap<string, string | undefined>,
): UserWithProfiles['profiles'][number] {
  const { profileName: name, commonName, kind, notAfter } = profile;
  return { name, kind, vpnAddress: addresses.get(commonName), notAfter };
}

function requireUser(transaction: Transaction, name: string): User {
  const user = transaction.users.find(name);
  if (user === undefined) throw unknownUser(name);
  return user;
}
