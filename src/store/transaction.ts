import type { SQLInputValue } from 'node:sqlite';
import { TandemError } from '../core/errors.ts';
import { ApiTokensInTransaction } from './api-token/api-token.ts';
import { CertificatesInTransaction } from './certificate/certificate.ts';
import { ClientAddressesInTransaction } from './client-address/client-address.ts';
import type { Writing } from './database.ts';
import { GroupsInTransaction } from './group/group.ts';
import { IdentityInTransaction } from './identity/identity.ts';
import { OneTimeLinksInTransaction } from './one-time-link/one-time-link.ts';
import { SettingsInTransaction } from './setting/setting.ts';
import { UsersInTransaction } from './user/user.ts';
import { WebSessionsInTransaction } from './web-session/web-session.ts';

/** Every noun, readable and writable, for as long as one write runs. */
export class Transaction {
  readonly users: UsersInTransaction;
  readonly groups: GroupsInTransaction;
  readonly certificates: CertificatesInTransaction;
  readonly clientAddresses: ClientAddressesInTransaction;
  readonly settings: SettingsInTransaction;
  readonly identity: IdentityInTransaction;
  readonly webSessions: WebSessionsInTransaction;
  readonly apiTokens: ApiTokensInTransaction;
  readonly oneTimeLinks: OneTimeLinksInTransaction;
  readonly #database: Writing;

  constructor(database: Writing) {
    this.#database = database;
    this.users = new UsersInTransaction(database);
    this.groups = new GroupsInTransaction(database);
    this.certificates = new CertificatesInTransaction(database);
    this.clientAddresses = new ClientAddressesInTransaction(database);
    this.settings = new SettingsInTransaction(database);
    this.identity = new IdentityInTransaction(database);
    this.webSessions = new WebSessionsInTransaction(database);
    this.apiTokens = new ApiTokensInTransaction(database);
    this.oneTimeLinks = new OneTimeLinksInTransaction(database);
  }

  /** Makes the changes of an entry again. False, and nothing changed, where a row is not what it was back then. */
  reapply(changeset: Uint8Array): boolean {
    return this.#database.applyChangeset(changeset);
  }
}

/** The database as a transaction sees it: refuses everything once the transaction is over. */
export class WhileOpen implements Writing {
  readonly #database: Writing;
  #open = true;

  constructor(database: Writing) {
    this.#database = database;
  }

  end(): void {
    this.#open = false;
  }

  all(sql: string, ...values: SQLInputValue[]): Record<string, unknown>[] {
    return this.#checked().all(sql, ...values);
  }

  get(sql: string, ...values: SQLInputValue[]): Record<string, unknown> | undefined {
    return this.#checked().get(sql, ...values);
  }

  each(sql: string, ...values: SQLInputValue[]): Iterable<Record<string, unknown>> {
    return this.#checked().each(sql, ...values);
  }

  run(sql: string, ...values: SQLInputValue[]): number {
    return this.#checked().run(sql, ...values);
  }

  applyChangeset(changeset: Uint8Array): boolean {
    return this.#checked().applyChangeset(changeset);
  }

  #checked(): Writing {
    if (this.#open) return this.#database;
    throw new TandemError({
      code: 'store.transaction-over',
      culprit: 'us',
      message: 'a transaction was used after its write had ended',
      hint: 'This is a defect of Tandem; please report it.',
    });
  }
}
