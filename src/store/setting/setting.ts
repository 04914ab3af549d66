import type { Reading, Writing } from '../database.ts';
import { invalid } from '../errors.ts';

/** Anything JSON can say. What a setting may be is checked by the folder that owns it. */
export type SettingValue =
  | null
  | boolean
  | number
  | string
  | readonly SettingValue[]
  | { readonly [name: string]: SettingValue };

/** Reads at any time. */
export class Settings {
  readonly #database: Reading;
  /** What was read last, by name. */
  readonly #known = new Map<string, { readonly text: string; readonly value: SettingValue }>();

  constructor(database: Reading) {
    this.#database = database;
  }

  /** Undefined when the setting was never set; the same object until it is set to something else. */
  get(name: string): SettingValue | undefined {
    const row = this.#database.get('SELECT value FROM setting WHERE name = ?', name);
    if (row === undefined) return undefined;
    const text = String(row['value']);
    const known = this.#known.get(name);
    if (known?.text === text) return known.value;
    const value = JSON.parse(text) as SettingValue;
    this.#known.set(name, { text, value });
    return value;
  }

  /** Every setting that was ever set, ordered by name. */
  list(): { readonly name: string; readonly value: SettingValue }[] {
    return this.#database.all('SELECT name, value FROM setting ORDER BY name').map((row) => ({
      name: String(row['name']),
      value: JSON.parse(String(row['value'])) as SettingValue,
    }));
  }
}

/** Writes inside a transaction only. */
export class SettingsInTransaction extends Settings {
  readonly #database: Writing;

  constructor(database: Writing) {
    super(database);
    this.#database = database;
  }

  /** Throws `store.setting.name`. */
  set(name: string, value: SettingValue): void {
    if (!/^[a-z0-9][a-z0-9.-]{0,63}$/.test(name)) {
      throw invalid(
        'store.setting.name',
        `${JSON.stringify(name)} cannot be the name of a setting`,
        '`tandem settings get` lists the settings.',
      );
    }
    this.#database.run(
      'INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
      name,
      JSON.stringify(value),
    );
  }

  /** Back to the default. Returns false when it was not set. */
  unset(name: string): boolean {
    return this.#database.run('DELETE FROM setting WHERE name = ?', name) === 1;
  }
}
