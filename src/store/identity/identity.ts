import type { Reading, Writing } from '../database.ts';

/** What makes both nodes one server. All PEM or secret text, none of it ever shown. */
export type IdentityName =
  | 'ca-certificate'
  | 'ca-private-key'
  | 'server-certificate'
  | 'server-private-key'
  | 'tls-crypt-v2-server-key'
  | 'auth-token-secret'
  | 'crl-number'
  | 'web-certificate'
  | 'web-private-key'
  | 'web-acme-account-key';

/** Reads at any time. */
export class Identity {
  readonly #database: Reading;

  constructor(database: Reading) {
    this.#database = database;
  }

  get(name: IdentityName): string | undefined {
    const row = this.#database.get('SELECT value FROM identity WHERE name = ?', name);
    return row === undefined ? undefined : String(row['value']);
  }
}

/** Writes inside a transaction only. */
export class IdentityInTransaction extends Identity {
  readonly #database: Writing;

  constructor(database: Writing) {
    super(database);
    this.#database = database;
  }

  set(name: IdentityName, value: string): void {
    this.#database.run(
      'INSERT INTO identity (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
      name,
      value,
    );
  }
}
