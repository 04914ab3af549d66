import type { SQLInputValue } from 'node:sqlite';
import type { Properties } from '../../core/accounts/properties.ts';
import type { Reading, Writing } from '../database.ts';
import { invalid } from '../errors.ts';

export interface User {
  readonly name: string;
  /** As `access/auth` wrote it (argon2id, PHC string). Never leaves the server process. */
  readonly passwordHash: string;
  readonly blocked: boolean;
  /** Milliseconds since 1970, as every time here. */
  readonly createdAt: number;
  /** Undefined: in no group but that of everybody. */
  readonly group: string | undefined;
  /** What is said of this user alone; what counts is in `accounts/standing.ts`. */
  readonly properties: Properties;
  /** 0 when it is still the first one. */
  readonly passwordChangedAt: number;
  /** After too many wrong answers; 0 when never. */
  readonly lockedUntil: number;
  /** Base32; undefined when no one-time code is asked. Never leaves the server process but to be shown once to its user. */
  readonly oneTimeKey: string | undefined;
  /** The 30 seconds since 1970 whose code was used last; 0 when none. */
  readonly oneTimeStep: number;
}

export type NewUser = Pick<User, 'name' | 'passwordHash' | 'blocked' | 'createdAt'>;

/** What can be changed of a user; what is not named stays. */
export type UserChanges = Partial<Omit<User, 'name' | 'createdAt'>>;

const selectUsers =
  'SELECT user.*, locked_until, one_time_step FROM user LEFT JOIN login_trace ON user_name = user.name';

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
    const row = this.#database.get(`${selectUsers} WHERE name = ?`, name);
    return row === undefined ? undefined : toUser(row);
  }

  /** Ordered by name. */
  list(): User[] {
    return this.#database.all(`${selectUsers} ORDER BY name`).map(toUser);
  }

  /** The names of a group's members, ordered. */
  inGroup(group: string): string[] {
    const sql = 'SELECT name FROM user WHERE group_name = ? ORDER BY name';
    return this.#database.all(sql, group).map((row) => String(row['name']));
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
  add(user: NewUser): void {
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
  setBlocked(name: string, blocked: boolean): void {
    this.change(name, { blocked });
  }

  change(name: string, changes: UserChanges): void {
    for (const [column, value] of columnsOf(changes)) {
      expectOne(name, this.#database.run(`UPDATE user SET ${column} = ? WHERE name = ?`, value, name));
    }
    if (this.find(name) === undefined) expectOne(name, 0);
    for (const [column, value] of tracesOf(changes)) {
      this.#database.run(
        `INSERT INTO login_trace (user_name, ${column}) VALUES (?, ?) ON CONFLICT (user_name) DO UPDATE SET ${column} = excluded.${column}`,
        name,
        value,
      );
    }
  }

  /** Certificates and the client address of the user stay: revoke and release them in the same transaction. */
  remove(name: string): void {
    expectOne(name, this.#database.run('DELETE FROM user WHERE name = ?', name));
    this.#database.run('DELETE FROM login_trace WHERE user_name = ?', name);
  }
}

/** Column names are from here alone. */
function columnsOf(changes: UserChanges): [column: string, value: SQLInputValue][] {
  const columns: [string, SQLInputValue][] = [];
  const { passwordHash, blocked, properties, passwordChangedAt } = changes;
  if (passwordHash !== undefined) columns.push(['password_hash', passwordHash]);
  if (blocked !== undefined) columns.push(['blocked', blocked ? 1 : 0]);
  if (properties !== undefined) columns.push(['properties', JSON.stringify(properties)]);
  if (passwordChangedAt !== undefined) columns.push(['password_changed_at', passwordChangedAt]);
  if ('group' in changes) columns.push(['group_name', changes.group ?? null]);
  if ('oneTimeKey' in changes) columns.push(['one_time_key', changes.oneTimeKey ?? null]);
  return columns;
}

function tracesOf({ lockedUntil, oneTimeStep }: UserChanges): [column: string, value: SQLInputValue][] {
  const columns: [string, SQLInputValue][] = [];
  if (lockedUntil !== undefined) columns.push(['locked_until', lockedUntil]);
  if (oneTimeStep !== undefined) columns.push(['one_time_step', oneTimeStep]);
  return columns;
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
    group: row['group_name'] === null ? undefined : String(row['group_name']),
    properties: JSON.parse(String(row['properties'])) as Properties,
    passwordChangedAt: Number(row['password_changed_at']),
    lockedUntil: Number(row['locked_until'] ?? 0),
    oneTimeKey: row['one_time_key'] === null ? undefined : String(row['one_time_key']),
    oneTimeStep: Number(row['one_time_step'] ?? 0),
  };
}
