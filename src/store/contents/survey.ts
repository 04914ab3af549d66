import type { Scope } from '../../core/replication/scope.ts';
import type { Survey } from '../../core/replication/verdict.ts';
import type { Reading } from '../database.ts';
import { readChangeset } from '../journal/changeset.ts';
import {
  findBrokenLink,
  readEntriesAfter,
  readFirstSequence,
  readHash,
  readHead,
} from '../journal/journal.ts';
import { scopedSelect, shapeOf } from '../scope/shape.ts';
import { TableDigest, type TableDigests } from './digest.ts';

/** What a copy held when it was last found sound: what the journal says since then leads to what must be there now. */
export interface Baseline {
  readonly sequence: number;
  readonly hash: string;
  readonly schema: number;
  readonly tables: TableDigests;
}

/** Thrown where somebody needs the file for something else. */
class SurveyCancelled extends Error {}

/**
 * Reads everything of a database at one moment (the caller holds the transaction): a digest of each table, and what is wrong:
 * pages by SQLite's own check, entries by their chain of hashes, rows by what the journal says happened since `baseline`. What
 * cannot be read is a fault, never an exception. `follower`: its entries carry the hashes of their source, which cover more than it holds.
 */
export function survey(
  database: Reading,
  options: {
    baseline: Baseline | undefined;
    follower: boolean;
    /** Looks at it as somebody with this scope has it. */
    scope: Scope | undefined;
    cancelled: () => boolean;
  },
): Survey {
  const faults: string[] = [];
  const attempt = <Value>(what: string, read: () => Value, otherwise: Value): Value => {
    try {
      return read();
    } catch (error) {
      if (error instanceof SurveyCancelled) throw error;
      faults.push(`${what} cannot be read: ${error instanceof Error ? error.message : error}`);
      return otherwise;
    }
  };
  const schema = Number(database.get('PRAGMA user_version')?.['user_version']);
  const head = readHead(database);
  const names = attempt('the list of tables', () => tableNames(database), []);
  const tables: Record<string, string> = {};
  for (const name of names) {
    const text = attempt(`table ${name}`, () => digestOf(database, name, options), undefined);
    if (text !== undefined) tables[name] = text;
  }
  if (!options.follower) {
    const broken = attempt('the journal', () => findBrokenLink(database), undefined);
    if (broken !== undefined) faults.push(`journal entry ${broken} is not what was written`);
  }
  const { baseline } = options;
  if (
    baseline !== undefined &&
    options.scope === undefined &&
    faults.length === 0 &&
    baseline.schema === schema
  ) {
    faults.push(
      ...attempt('the journal', () => drift(database, baseline, tables, head.position.sequence), []),
    );
  }
  if (options.cancelled()) throw new SurveyCancelled();
  const findings = attempt('the file', () => database.all('PRAGMA integrity_check(5)'), []);
  for (const row of findings) {
    const finding = String(row['integrity_check']);
    if (finding !== 'ok') faults.push(finding.replaceAll(/\s+/g, ' ').slice(0, 200));
  }
  return { head, schema, tables, faults: [...new Set(faults)].slice(0, 8) };
}

/** Those that travel: all but the journal, which is compared by its hash. */
function tableNames(database: Reading): string[] {
  const sql = `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT IN ('journal', 'journal_archive') AND name NOT LIKE 'sqlite_%' ORDER BY name`;
  return database.all(sql).map((row) => String(row['name']));
}

function keysOf(database: Reading, table: string): number[] {
  const rows = database.all('SELECT cid FROM pragma_table_info(?) WHERE pk > 0 ORDER BY cid', table);
  return rows.map((row) => Number(row['cid']));
}

const rowsBetweenLooks = 512;

function digestOf(
  database: Reading,
  table: string,
  { scope, cancelled }: { scope: Scope | undefined; cancelled: () => boolean },
): string {
  const digest = new TableDigest(table, keysOf(database, table));
  let rows = 0;
  const tableScope = scope?.[table];
  // Outside the scope there is nothing.
  if (scope !== undefined && tableScope === undefined) return digest.text;
  const { sql, values } =
    tableScope === undefined
      ? { sql: `SELECT * FROM "${table}"`, values: [] }
      : scopedSelect(table, shapeOf(database, table), tableScope);
  for (const row of database.each(sql, ...values)) {
    digest.row(Object.values(row) as (null | number | bigint | string | Uint8Array)[]);
    if (++rows % rowsBetweenLooks === 0 && cancelled()) throw new SurveyCancelled();
  }
  return digest.text;
}

/** Tables whose rows are not what the journal says. Nothing where the journal no longer reaches back to the baseline. */
function drift(database: Reading, baseline: Baseline, now: TableDigests, last: number): string[] {
  const reaches = readFirstSequence(database) <= baseline.sequence + 1 && baseline.sequence <= last;
  if (!reaches || readHash(database, baseline.sequence) !== baseline.hash) return [];
  const expected = new Map<string, TableDigest>();
  for (const [table, text] of Object.entries(baseline.tables)) {
    expected.set(table, new TableDigest(table, keysOf(database, table), text));
  }
  for (let after = baseline.sequence; ; ) {
    const entries = readEntriesAfter(database, after, 256, 1024 * 1024);
    if (entries.length === 0) break;
    for (const entry of entries) {
      for (const change of readChangeset(entry.changeset)) expected.get(change.table)?.change(change);
      after = entry.position.sequence;
    }
  }
  return [...expected]
    .filter(([table, digest]) => now[table] !== digest.text)
    .map(([table]) => `rows of ${table} are not what the journal says`);
}
