import { parse } from 'csv-parse/sync';
import { checkPassword, hashPassword } from '../access/auth/password.ts';
import { TandemError } from '../core/errors.ts';
import { readVpnSettings } from '../settings/read.ts';
import type { Actor } from '../store/actor.ts';
import type { Store } from '../store/store.ts';
import { checkUserName } from '../store/user/user.ts';
import type { Write } from './write.ts';

const mostRows = 1_000;
const columns = ['name', 'password', 'group', 'role'] as const;
const roles: ReadonlySet<string> = new Set(['', 'user', 'read-only', 'administrator']);
/** So many passwords at once: each takes 19 MiB while it is hashed. */
const hashedAtOnce = 4;

/** One line of the file; `problem` is in words. */
export interface ImportedRow {
  readonly line: number;
  readonly name: string;
  readonly problem: string | undefined;
}

interface Row {
  readonly line: number;
  readonly name: string;
  readonly password: string;
  readonly group: string;
  readonly role: string;
}

/**
 * Adds the users of a CSV file with the columns `name` and `password`, and `group` and `role` where wanted. Either all
 * of them or, when one line is wrong, none.
 */
export async function importUsers(
  parts: { readonly store: Store; readonly write: Write; readonly now: () => number },
  actor: Actor,
  csv: string,
  dryRun: boolean,
): Promise<{ rows: ImportedRow[]; added: number; protected: boolean }> {
  const rows = readRows(csv);
  const rules = readVpnSettings(parts.store).passwords;
  const seen = new Set<string>();
  const checked = rows.map((row): ImportedRow => {
    const problem = problemOf(row, parts.store, (password) => checkPassword(password, rules), seen);
    seen.add(row.name);
    return { line: row.line, name: row.name, problem };
  });
  if (dryRun || checked.some(({ problem }) => problem !== undefined)) {
    return { rows: checked, added: 0, protected: true };
  }
  const hashes = new Map<string, string>();
  for (let index = 0; index < rows.length; index += hashedAtOnce) {
    await Promise.all(
      rows.slice(index, index + hashedAtOnce).map(async ({ name, password }) => {
        hashes.set(name, await hashPassword(password));
      }),
    );
  }
  const written = await parts.write(actor, (transaction) => {
    for (const { name, group, role } of rows) {
      const passwordHash = hashes.get(name) ?? '';
      transaction.users.add({ name, passwordHash, blocked: false, createdAt: parts.now() });
      transaction.users.change(name, {
        ...(group === '' ? {} : { group }),
        ...(role === 'administrator' ? { properties: { administrator: true } } : {}),
        ...(role === 'read-only' ? { properties: { readOnly: true } } : {}),
      });
    }
  });
  return { rows: checked, added: rows.length, protected: written.protected };
}

function readRows(csv: string): Row[] {
  let records: Record<string, string>[];
  try {
    records = parse(csv, {
      columns: true,
      bom: true,
      trim: true,
      skip_empty_lines: true,
      relax_column_count: false,
    });
  } catch (cause) {
    throw unreadable(cause instanceof Error ? cause.message : String(cause), cause);
  }
  const known = Object.keys(records[0] ?? {});
  const unknown = known.find((column) => !columns.some((one) => one === column));
  if (unknown !== undefined) throw unreadable(`it has a column ${JSON.stringify(unknown)}`);
  if (!known.includes('name') || !known.includes('password')) throw unreadable('name or password is missing');
  if (records.length > mostRows) throw unreadable(`it has ${records.length} lines, more than ${mostRows}`);
  return records.map((record, index) => ({
    // The heading is line 1.
    line: index + 2,
    name: record['name'] ?? '',
    password: record['password'] ?? '',
    group: record['group'] ?? '',
    role: record['role'] ?? '',
  }));
}

function problemOf(
  row: Row,
  store: Store,
  check: (password: string) => void,
  seen: ReadonlySet<string>,
): string | undefined {
  try {
    checkUserName(row.name);
    check(row.password);
  } catch (error) {
    if (error instanceof TandemError) return `${error.message}. ${error.hint}`;
    throw error;
  }
  if (seen.has(row.name)) return `${row.name} stands in the file twice`;
  if (store.users.find(row.name) !== undefined) return `the user ${row.name} exists already`;
  if (row.group !== '' && store.groups.find(row.group) === undefined) return `there is no group ${row.group}`;
  return roles.has(row.role)
    ? undefined
    : `${JSON.stringify(row.role)} is not user, read-only or administrator`;
}

function unreadable(reason: string, cause?: unknown): TandemError {
  return new TandemError({
    code: 'accounts.import.unreadable',
    culprit: 'caller',
    message: `The file cannot be read: ${reason}. Nobody was added.`,
    hint: 'Its first line is: name,password,group,role (the last two where wanted); then one user a line',
    cause,
  });
}
