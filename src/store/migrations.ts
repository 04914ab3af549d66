import { readdirSync, readFileSync } from 'node:fs';
import { TandemError } from '../core/errors.ts';
import type { Database } from './database.ts';

interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
}

const folder = new URL('./migrations/', import.meta.url);

/** Every `NNNN-name.sql` beside this file, in order and without gaps. */
function readMigrations(): readonly Migration[] {
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort();
  return names.map((name, index) => {
    const version = Number(name.slice(0, 4));
    if (version !== index + 1) throw new Error(`migration ${name} should have number ${index + 1}`);
    return { version, name, sql: readFileSync(new URL(name, folder), 'utf8') };
  });
}

const migrations = readMigrations();

/** The newest data format this version writes (`PRAGMA user_version`). */
export const schemaVersion: number = migrations.length;

/**
 * Brings a database to this version's format, each step in its own transaction. A newer database is refused and left
 * as it is: an older program does not know what it would destroy.
 */
export function migrate(database: Database): void {
  const current = Number(database.pragma('user_version'));
  if (current > schemaVersion) throw newerThanKnown(database.path, current);
  for (const migration of migrations.slice(current)) {
    database.inTransaction(() => {
      database.exec(migration.sql);
      database.exec(`PRAGMA user_version = ${migration.version}`);
    });
  }
}

export function newerThanKnown(path: string, version: number): TandemError {
  return new TandemError({
    code: 'store.newer',
    culprit: 'operator',
    message: `${path} has data format ${version}, this version of Tandem knows up to ${schemaVersion}`,
    hint: 'Install the version of Tandem that wrote it, or a newer one.',
  });
}
