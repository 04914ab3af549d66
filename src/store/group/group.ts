import type { Properties } from '../../core/accounts/properties.ts';
import type { Reading, Writing } from '../database.ts';
import { invalid } from '../errors.ts';

/** Users with the same properties. The group `default` is everybody's. */
export interface Group {
  readonly name: string;
  readonly properties: Properties;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

const namePattern = /^[a-z0-9][a-z0-9._-]{0,39}$/;

/** Reads at any time. */
export class Groups {
  readonly #database: Reading;

  constructor(database: Reading) {
    this.#database = database;
  }

  find(name: string): Group | undefined {
    const row = this.#database.get('SELECT * FROM user_group WHERE name = ?', name);
    return row === undefined ? undefined : toGroup(row);
  }

  /** Ordered by name. */
  list(): Group[] {
    return this.#database.all('SELECT * FROM user_group ORDER BY name').map(toGroup);
  }
}

/** Writes inside a transaction only. */
export class GroupsInTransaction extends Groups {
  readonly #database: Writing;

  constructor(database: Writing) {
    super(database);
    this.#database = database;
  }

  /** Throws `store.group.name`, `store.group.exists`. */
  add(group: Group): void {
    if (!namePattern.test(group.name)) {
      throw invalid(
        'store.group.name',
        `${JSON.stringify(group.name)} cannot be the name of a group`,
        'Use 1 to 40 characters: lower-case letters, digits, dot, underscore and hyphen, beginning with a letter or digit.',
      );
    }
    if (this.find(group.name) !== undefined) {
      throw invalid('store.group.exists', `the group ${group.name} exists already`, 'See: tandem group list');
    }
    this.#database.run(
      'INSERT INTO user_group (name, properties, created_at) VALUES (?, ?, ?)',
      group.name,
      JSON.stringify(group.properties),
      group.createdAt,
    );
  }

  /** Throws `store.group.unknown`, as does the next. */
  setProperties(name: string, properties: Properties): void {
    const sql = 'UPDATE user_group SET properties = ? WHERE name = ?';
    expectOne(name, this.#database.run(sql, JSON.stringify(properties), name));
  }

  remove(name: string): void {
    expectOne(name, this.#database.run('DELETE FROM user_group WHERE name = ?', name));
  }
}

function expectOne(name: string, changed: number): void {
  if (changed === 1) return;
  throw invalid('store.group.unknown', `there is no group ${name}`, 'See: tandem group list');
}

function toGroup(row: Record<string, unknown>): Group {
  return {
    name: String(row['name']),
    properties: JSON.parse(String(row['properties'])) as Properties,
    createdAt: Number(row['created_at']),
  };
}
