import type { TableScope } from '../../core/replication/scope.ts';
import type { Reading } from '../database.ts';
import type { ChangedValue } from '../journal/changeset.ts';

export interface ShapedColumn {
  readonly name: string;
  readonly key: boolean;
  /** Stands in the place of a value that stays: the column's default, or the emptiest value it may have. */
  readonly blank: Exclude<ChangedValue, undefined>;
}

/** The columns of a table in their order; empty for a table that is not there. */
export function shapeOf(database: Reading, table: string): ShapedColumn[] {
  const sql =
    'SELECT name, type, pk, "notnull" AS required, dflt_value AS value FROM pragma_table_info(?) ORDER BY cid';
  return database.all(sql, table).map((row) => ({
    name: String(row['name']),
    key: Number(row['pk']) > 0,
    blank: blankOf(database, row),
  }));
}

function blankOf(database: Reading, row: Record<string, unknown>): ShapedColumn['blank'] {
  // The expression is from our own migrations.
  if (typeof row['value'] === 'string') {
    const value = database.get(`SELECT ${row['value']} AS value`)?.['value'];
    return (value ?? null) as ShapedColumn['blank'];
  }
  if (Number(row['required']) === 0) return null;
  switch (String(row['type'])) {
    case 'INTEGER':
      return 0;
    case 'BLOB':
      return new Uint8Array(0);
    default:
      return '';
  }
}

/** Reads a table as somebody with that scope has it: the same columns, blank where the value stays here. */
export function scopedSelect(
  table: string,
  shape: readonly ShapedColumn[],
  { columns, rows }: TableScope,
  schema = 'main',
): { readonly sql: string; readonly values: Exclude<ChangedValue, undefined>[] } {
  const hidden = shape.filter(({ name }) => !columns.includes(name));
  const list = shape.map(({ name }) => (columns.includes(name) ? `"${name}"` : `? AS "${name}"`)).join(', ');
  const where =
    rows === undefined ? '' : ` WHERE "${rows.column}" IN (${rows.values.map(() => '?').join(', ')})`;
  return {
    sql: `SELECT ${list} FROM ${schema}."${table}"${where}`,
    values: [...hidden.map(({ blank }) => blank), ...(rows?.values ?? [])],
  };
}
