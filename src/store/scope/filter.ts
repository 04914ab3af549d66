import type { JournalEntry } from '../../core/replication/entry.ts';
import type { Scope, TableScope } from '../../core/replication/scope.ts';
import { type ChangedValue, type RowChange, readChangeset, writeChangeset } from '../journal/changeset.ts';
import type { ShapedColumn } from './shape.ts';

/** Says nothing of who did something outside the scope. */
const nobody = JSON.stringify({ name: '', via: '' });

/**
 * An entry as somebody with that scope gets it: position and hashes of the original, so that both ends know whether they share its
 * history, and only the changes inside the scope. `shapeOf` names the columns of a table.
 */
export function filterEntry(
  entry: JournalEntry,
  scope: Scope,
  shapeOf: (table: string) => readonly ShapedColumn[],
): JournalEntry {
  const kept = readChangeset(entry.changeset).flatMap((change) => {
    const table = scope[change.table];
    const filtered = table === undefined ? undefined : filterChange(change, table, shapeOf(change.table));
    return filtered === undefined ? [] : [filtered];
  });
  const keysOf = (table: string): boolean[] => shapeOf(table).map(({ key }) => key);
  return kept.length === 0
    ? { ...entry, actor: nobody, changeset: new Uint8Array(0) }
    : { ...entry, changeset: writeChangeset(kept, keysOf) };
}

function filterChange(
  change: RowChange,
  { columns, rows }: TableScope,
  shape: readonly ShapedColumn[],
): RowChange | undefined {
  const values = change.operation === 'insert' ? change.after : change.before;
  if (rows !== undefined) {
    const key = values[shape.findIndex(({ name }) => name === rows.column)];
    if (typeof key !== 'string' || !rows.values.includes(key)) return undefined;
  }
  const inside = shape.map(({ name }) => columns.includes(name));
  if (change.operation !== 'update') {
    const blanked = (row: readonly ChangedValue[]): ChangedValue[] =>
      row.map((value, column) => (inside[column] === true ? value : (shape[column]?.blank ?? null)));
    return { ...change, before: blanked(change.before), after: blanked(change.after) };
  }
  const only = (row: readonly ChangedValue[]): ChangedValue[] =>
    row.map((value, column) => (inside[column] === true || shape[column]?.key === true ? value : undefined));
  const after = only(change.after);
  return after.every((value) => value === undefined)
    ? undefined
    : { ...change, before: only(change.before), after };
}
