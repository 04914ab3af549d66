import type { Reading, Writing } from '../database.ts';
import { invalid } from '../errors.ts';

/** The VPN address of one client, the same on both nodes and after every takeover. */
export interface ClientAddress {
  readonly commonName: string;
  /** Dotted decimal. */
  readonly ipv4: string;
}

/** Reads at any time. */
export class ClientAddresses {
  readonly #database: Reading;

  constructor(database: Reading) {
    this.#database = database;
  }

  find(commonName: string): ClientAddress | undefined {
    const row = this.#database.get('SELECT * FROM client_address WHERE common_name = ?', commonName);
    return row === undefined ? undefined : toClientAddress(row);
  }

  holderOf(ipv4: string): ClientAddress | undefined {
    const row = this.#database.get('SELECT * FROM client_address WHERE ipv4 = ?', ipv4);
    return row === undefined ? undefined : toClientAddress(row);
  }

  /** Ordered by common name. */
  list(): ClientAddress[] {
    return this.#database.all('SELECT * FROM client_address ORDER BY common_name').map(toClientAddress);
  }
}

/** Writes inside a transaction only. */
export class ClientAddressesInTransaction extends ClientAddresses {
  readonly #database: Writing;

  constructor(database: Writing) {
    super(database);
    this.#database = database;
  }

  /** Gives the client this address instead of the one it had. Throws `store.client-address.invalid`, `….taken`. */
  assign(commonName: string, ipv4: string): void {
    if (!isIpv4(ipv4)) {
      throw invalid(
        'store.client-address.invalid',
        `${JSON.stringify(ipv4)} is not an IPv4 address`,
        'Write it as four numbers, for example 10.8.0.5.',
      );
    }
    const holder = this.holderOf(ipv4);
    if (holder !== undefined && holder.commonName !== commonName) {
      throw invalid(
        'store.client-address.taken',
        `${ipv4} belongs to ${holder.commonName}`,
        'Choose a free address of the client network.',
      );
    }
    this.#database.run(
      'INSERT INTO client_address (common_name, ipv4) VALUES (?, ?) ON CONFLICT (common_name) DO UPDATE SET ipv4 = excluded.ipv4',
      commonName,
      ipv4,
    );
  }

  /** Returns false when the client had none. */
  release(commonName: string): boolean {
    return this.#database.run('DELETE FROM client_address WHERE common_name = ?', commonName) === 1;
  }
}

function isIpv4(text: string): boolean {
  const parts = text.split('.');
  return (
    parts.length === 4 && parts.every((part) => /^(0|[1-9][0-9]{0,2})$/.test(part) && Number(part) < 256)
  );
}

function toClientAddress(row: Record<string, unknown>): ClientAddress {
  return { commonName: String(row['common_name']), ipv4: String(row['ipv4']) };
}
