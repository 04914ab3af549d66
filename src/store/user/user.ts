import type { Reading, Writing } from '../database.ts';
import { invalid } from '../errors.ts';

export interface User {
  readonly name: string;
  /** As `access/auth` wrote it (argon2id, PHC string). Never leaves the server process. */
  readonly passwordHash: string;
  readonly blocked: boolean;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

const namePattern = /^[a-z0-9][a-z0-9._@-]{0,39}$/;

/** Throws `store.user.name` when the name cannot be one. */
export function checkUserName(name: string): void {
  if (namePattern.test(name)) return;
  throw invalid(
    'store.user.name',
    `${JSON.stringify(name)} cannot be a user name`,
    'Use 1 to 40 characters: lower-case letters, digits, dot, underscore, at sign and hyphen, beginning with a letter or digit.',
  );
}

/** Reads at any time. */
export class Users {
  readonly #database: Reading;

  constructor(database: Reading) {
    this.#database = database;
  }

  find(name: string): User | undefined {
    const row = this.#database.get('SELECT * FROM user WHERE name = ?', name);
    return row === undefined ? undefined : toUser(row);
  }

  /** Ordered by name. */
  list(): User[] {
    return this.#database.all('SELECT * FROM user ORDER BY name').map(toUser);
  }

  count(): number {
    return Number(this.#database.get('SELECT count(*) AS count FROM user')?.['count']);
  }
}

/** Writes inside a transaction only. */
export class UsersInTransaction extends Users {
  readonly #database: Writing;

  constructor(database: Writing) {
    super(database);
    this.#database = database;
  }

  /** Throws `store.user.name`, `store.user.exists`. */
  add(user: User): void {
    checkUserName(user.name);
    if (this.find(user.name) !== undefined) {
      throw invalid(
        'store.user.exists',
        `the user ${user.name} exists already`,
        `\`tandem user show ${user.name}\` shows it; choose another name for the new one.`,
      );
    }
    this.#database.run(
      'INSERT INTO user (name, password_hash, blocked, created_at) VALUES (?, ?, ?, ?)',
      user.name,
      user.passwordHash,
      user.blocked ? 1 : 0,
      user.createdAt,
    );
  }

  /** Throws `store.user.unknown`, as do the following. */
  setPasswordHash(name: string, passwordHash: string): void {
    expectOne(
      name,
      this.#database.run('UPDATE user SET password_hash = ? WHERE name = ?', passwordHash, name),
    );
  }

  setBlocked(name: string, blocked: boolean): void {
    expectOne(name, this.#database.run('UPDATE user SET blocked = ? WHERE name = ?', blocked ? 1 : 0, name));
  }

  /** Certificates and the client address of the user stay: revoke and release them in the same transaction. */
  remove(name: string): void {
    expectOne(name, this.#database.run('DELETE FROM user WHERE name = ?', name));
  }
}

function expectOne(name: string, changed: number): void {
  if (changed === 1) return;
  throw invalid('store.user.unknown', `there is no user ${name}`, '`tandem user list` shows all users.');
}

function toUser(row: Record<string, unknown>): User {
  return {
    name: String(row['name']),
    passwordHash: String(row['password_hash']),
    blocked: row['blocked'] === 1,
    createdAt: Number(row['created_at']),
  };
}
