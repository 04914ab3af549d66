import type { Reading, Writing } from '../database.ts';

/** Whoever has it may fetch one profile, once. */
export interface OneTimeLink {
  /** SHA-256, hexadecimal. */
  readonly secretHash: string;
  readonly userName: string;
  readonly profileName: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** Reads at any time. */
export class OneTimeLinks {
  readonly #database: Reading;

  constructor(database: Reading) {
    this.#database = database;
  }

  find(secretHash: string): OneTimeLink | undefined {
    const row = this.#database.get('SELECT * FROM one_time_link WHERE secret_hash = ?', secretHash);
    if (row === undefined) return undefined;
    return {
      secretHash,
      userName: String(row['user_name']),
      profileName: String(row['profile_name']),
      expiresAt: Number(row['expires_at']),
    };
  }
}

/** Writes inside a transaction only. */
export class OneTimeLinksInTransaction extends OneTimeLinks {
  readonly #database: Writing;

  constructor(database: Writing) {
    super(database);
    this.#database = database;
  }

  add({ secretHash, userName, profileName, expiresAt }: OneTimeLink): void {
    this.#database.run(
      'INSERT INTO one_time_link (secret_hash, user_name, profile_name, expires_at) VALUES (?, ?, ?, ?)',
      secretHash,
      userName,
      profileName,
      expiresAt,
    );
  }

  /** Returns how many there were. */
  remove(secretHash: string): number {
    return this.#database.run('DELETE FROM one_time_link WHERE secret_hash = ?', secretHash);
  }

  removeOfUser(userName: string): number {
    return this.#database.run('DELETE FROM one_time_link WHERE user_name = ?', userName);
  }

  removeExpired(now: number): number {
    return this.#database.run('DELETE FROM one_time_link WHERE expires_at <= ?', now);
  }
}
