import type { Reading, Writing } from '../database.ts';

/** Somebody who is signed in with a browser. Times are milliseconds since 1970. */
export interface WebSession {
  /** Names the session where it is shown or ended; worth nothing to whoever wants to use it. */
  readonly id: string;
  /** SHA-256 of the cookie's content, hexadecimal. */
  readonly secretHash: string;
  readonly userName: string;
  readonly createdAt: number;
  readonly expiresAt: number;
  /** Where it was opened from, and the browser's own name for itself. */
  readonly address: string;
  readonly agent: string;
}

/** Reads at any time. */
export class WebSessions {
  readonly #database: Reading;

  constructor(database: Reading) {
    this.#database = database;
  }

  withSecretHash(secretHash: string): WebSession | undefined {
    const row = this.#database.get('SELECT * FROM web_session WHERE secret_hash = ?', secretHash);
    return row === undefined ? undefined : toSession(row);
  }

  /** Newest first; of one user, or of everybody. */
  list(userName?: string): WebSession[] {
    const rows =
      userName === undefined
        ? this.#database.all('SELECT * FROM web_session ORDER BY created_at DESC, id')
        : this.#database.all(
            'SELECT * FROM web_session WHERE user_name = ? ORDER BY created_at DESC, id',
            userName,
          );
    return rows.map(toSession);
  }
}

/** Writes inside a transaction only. */
export class WebSessionsInTransaction extends WebSessions {
  readonly #database: Writing;

  constructor(database: Writing) {
    super(database);
    this.#database = database;
  }

  add(session: WebSession): void {
    this.#database.run(
      'INSERT INTO web_session (id, secret_hash, user_name, created_at, expires_at, address, agent) VALUES (?, ?, ?, ?, ?, ?, ?)',
      session.id,
      session.secretHash,
      session.userName,
      session.createdAt,
      session.expiresAt,
      session.address,
      session.agent,
    );
  }

  /** Returns how many there were. */
  remove(id: string): number {
    return this.#database.run('DELETE FROM web_session WHERE id = ?', id);
  }

  removeOfUser(userName: string): number {
    return this.#database.run('DELETE FROM web_session WHERE user_name = ?', userName);
  }

  removeExpired(now: number): number {
    return this.#database.run('DELETE FROM web_session WHERE expires_at <= ?', now);
  }
}

function toSession(row: Record<string, unknown>): WebSession {
  return {
    id: String(row['id']),
    secretHash: String(row['secret_hash']),
    userName: String(row['user_name']),
    createdAt: Number(row['created_at']),
    expiresAt: Number(row['expires_at']),
    address: String(row['address']),
    agent: String(row['agent']),
  };
}
