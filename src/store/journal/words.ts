import { type ChangedValue, type RowChange, readChangeset } from './changeset.ts';
import { jsonChangesInWords, jsonInWords } from './json-words.ts';

export interface Column {
  readonly name: string;
  readonly key: boolean;
}

/** Columns whose content may be read by whoever may read the audit log. Of any other it is only said that it changed. */
const shown: ReadonlySet<string> = new Set([
  'user.blocked',
  'user.administrator',
  'user.expires_at',
  'user.routes',
  'user.group_name',
  'certificate.user_name',
  'certificate.profile_name',
  'certificate.kind',
  'certificate.revocation_reason',
  'client_address.ipv4',
  'web_session.user_name',
  'web_session.address',
  'api_token.name',
  'api_token.user_name',
  'api_token.scopes',
]);
/** Hold JSON, which is told field by field. */
const json: ReadonlySet<string> = new Set(['user.properties', 'user_group.properties', 'setting.value']);
/** A setting that is not among these may hold what nobody is to read. */
const shownSettings: ReadonlySet<string> = new Set(['vpn', 'pair', 'replication', 'followers', 'acme']);
/** Stored as 0 and 1. */
const flags: ReadonlySet<string> = new Set(['user.blocked', 'user.administrator']);
/** Its beginning is enough to tell two apart. */
const uuid = /^([0-9a-f]{8})-[0-9a-f-]{27}$/;
const times: ReadonlySet<string> = new Set(['user.expires_at']);
const longestText = 120;
/** Of something new; it is as everybody expects. */
const saysNothing: ReadonlySet<string> = new Set(['false', 'none']);

/**
 * What an entry changed, one line a row, without secrets: `user alice: blocked false → true`, `setting pair: VHID 51 → 52`. `columnsOf` names the
 * columns of a table in their order; undefined for a table that this version does not know.
 */
export function changesInWords(
  changeset: Uint8Array,
  columnsOf: (table: string) => readonly Column[] | undefined,
): string[] {
  return readChangeset(changeset).map((change) => rowInWords(change, columnsOf(change.table) ?? []));
}

function rowInWords(change: RowChange, columns: readonly Column[]): string {
  const values = change.operation === 'insert' ? change.after : change.before;
  const key = columns.flatMap((column, index) => (column.key ? [text(values[index])] : [])).join(' ');
  const subject = `${change.table.replaceAll('_', ' ')} ${key.replace(uuid, '$1')}`.trim();
  if (change.operation === 'delete') return `${subject}: removed`;
  const details = columns.flatMap((column, index) => {
    if (column.key) return [];
    const [before, after] = [change.before[index], change.after[index]];
    if (after === undefined || (change.operation === 'insert' && after === null)) return [];
    const full = `${change.table}.${column.name}`;
    if (json.has(full) && (change.table !== 'setting' || shownSettings.has(key)))
      return change.operation === 'insert'
        ? jsonInWords(String(after))
        : jsonChangesInWords(String(before), String(after));
    const name = column.name.replaceAll('_', ' ');
    if (!shown.has(full)) return change.operation === 'insert' ? [] : [`${name} changed`];
    const now = readable(full, after);
    if (change.operation === 'insert') return saysNothing.has(now) ? [] : [`${name} ${now}`];
    return [`${name} ${readable(full, before)} → ${now}`];
  });
  const what = change.operation === 'insert' ? ['added', ...details] : details;
  return `${subject}: ${what.join(', ')}`;
}

function readable(column: string, value: ChangedValue): string {
  if (value === null || value === undefined) return 'none';
  if (column === 'user.routes') return (JSON.parse(String(value)) as string[]).join(', ') || 'none';
  if (flags.has(column)) return value === 1 ? 'true' : 'false';
  if (times.has(column) && typeof value === 'number') return new Date(value).toISOString();
  return text(value);
}

function text(value: ChangedValue): string {
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  const whole = String(value ?? 'none');
  return whole.length > longestText ? `${whole.slice(0, longestText)}…` : whole;
}
