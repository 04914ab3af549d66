import type { Reading, Writing } from '../database.ts';

/** What a program uses the API with. Times are milliseconds since 1970. */
export interface ApiToken {
  readonly id: string;
  /** SHA-256 of the token, hexadecimal. */
  readonly secretHash: string;
  /** What it is for, in its maker's words. */
  readonly name: string;
  /** Who made it: it may never do more than that user may. */
  readonly userName: string;
  readonly scopes: readonly string[];
  readonly createdAt: number;
  /** Undefined: never. */
  readonly expiresAt: number | undefined;
}

/** Reads at any time. */
export class ApiTokens {
  readonly #database: Reading;

  constructor(database: Reading) {
    this.#database = database;
  }

  withSecretHash(secretHash: string): ApiToken | undefined {
    const row = this.#database.get('SELECT * FROM api_token WHERE secret_hash = ?', secretHash);
    return row === undefined ? undefined : toToken(row);
  }

  /** Newest first. */
  list(): ApiToken[] {
    return this.#database.all('SELECT * FROM api_token ORDER BY created_at DESC, id').map(toToken);
  }
}

/** Writes inside a transaction only. */
export class ApiTokensInTransaction extends ApiTokens {
  readonly #database: Writing;

  constructor(database: Writing) {
    super(database);
    this.#database = database;
  }

  add(token: ApiToken): void {
    this.#database.run(
      'INSERT INTO api_token (id, secret_hash, name, user_name, scopes, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
      token.id,
      token.secretHash,
      token.name,
      token.userName,
      JSON.stringify(token.scopes),
      token.createdAt,
      token.expiresAt ?? null,
    );
  }

  /** Returns how many there were. */
  remove(id: string): number {
    return this.#database.run('DELETE FROM api_token WHERE id = ?', id);
  }

  removeOfUser(userName: string): number {
    return this.#database.run('DELETE FROM api_token WHERE user_name = ?', userName);
  }
}

function toToken(row: Record<string, unknown>): ApiToken {
  return {
    id: String(row['id']),
    secretHash: String(row['secret_hash']),
    name: String(row['name']),
    userName: String(row['user_name']),
    scopes: JSON.parse(String(row['scopes'])) as string[],
    createdAt: Number(row['created_at']),
    expiresAt: row['expires_at'] === null ? undefined : Number(row['expires_at']),
  };
}
