import { checkPassword, hashPassword } from '../access/auth/password.ts';
import type { Actor } from '../store/actor.ts';
import type { Store } from '../store/store.ts';
import { checkUserName, type User } from '../store/user/user.ts';
import type { Write } from './write.ts';

/** A user with the profiles that are in force and their VPN addresses. */
export interface UserWithProfiles extends User {
  readonly profiles: readonly { readonly name: string; readonly vpnAddress: string | undefined }[];
}

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

  list(): UserWithProfiles[] {
    return this.#store.users.list().map((user) => ({
      ...user,
      profiles: this.#store.certificates
        .ofUser(user.name)
        .filter((certificate) => certificate.revokedAt === undefined)
        .map((certificate) => ({
          name: certificate.profileName,
          vpnAddress: this.#store.clientAddresses.find(certificate.commonName)?.ipv4,
        })),
    }));
  }

  /** @throws TandemError `store.user.name`, `store.user.exists`, `access.auth.*` for a password that is too weak */
  async add(actor: Actor, user: { name: string; password: string }): Promise<{ protected: boolean }> {
    checkUserName(user.name);
    checkPassword(user.password);
    const passwordHash = await hashPassword(user.password);
    return this.#write(actor, (transaction) => {
      transaction.users.add({ name: user.name, passwordHash, blocked: false, createdAt: this.#now() });
    });
  }

  /**
   * Takes the account away, revokes its certificates and frees its VPN addresses, in one change.
   * @throws TandemError `store.user.unknown`
   */
  async remove(actor: Actor, name: string): Promise<{ protected: boolean }> {
    return this.#write(actor, (transaction) => {
      transaction.users.remove(name);
      for (const certificate of transaction.certificates.ofUser(name)) {
        if (certificate.revokedAt === undefined) {
          transaction.certificates.revoke(certificate.serial, this.#now(), 'user removed');
        }
        transaction.clientAddresses.release(certificate.commonName);
      }
    });
  }
}
