import { TandemError } from '../core/errors.ts';

/** What follows from logins and sessions, not from anybody's decision: never refused, or nobody could sign in to look. */
const facts: ReadonlySet<string> = new Set(['login_trace', 'web_session']);

export function isFactOfLogins(table: string): boolean {
  return facts.has(table);
}

/** Whether a change waits for both disks or is refused without them. */
export interface Protection {
  /** The setting `require protection`. */
  readonly required: () => boolean;
  /** The other node has everything now. */
  readonly holds: () => boolean;
}

/** Asked before a change to these tables is committed. Throws `pair.unprotected`; then nothing of it is made. */
export function refuseUnprotected(protection: Protection, tables: readonly string[]): void {
  if (!protection.required() || protection.holds() || tables.every(isFactOfLogins)) return;
  throw new TandemError({
    code: 'pair.unprotected',
    culprit: 'operator',
    message: 'The other node would not have the change now, and protection is required. Nothing was changed.',
    hint: 'See why: tandem replica status. To make changes nevertheless: tandem replica protection prefer',
  });
}

/** The change is on this disk already when the other node does not confirm it. */
export function notConfirmed(): TandemError {
  return new TandemError({
    code: 'pair.not-confirmed',
    culprit: 'operator',
    message:
      'The change was made on this node, but the other one did not confirm it. It is sent when the other is back.',
    hint: 'Do not make it again. See: tandem replica status',
  });
}
