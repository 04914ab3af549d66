import { TandemError } from '../core/errors.ts';
import { formatPosition, type Position } from '../core/replication/position.ts';

/** The caller asked for something that the data does not allow. */
export function invalid(code: string, message: string, hint: string): TandemError {
  return new TandemError({ code, culprit: 'caller', message, hint });
}

export type ApplyFault = 'epoch' | 'sequence' | 'previous-hash' | 'hash' | 'table' | 'conflict' | 'changeset';

const faults: Readonly<Record<ApplyFault, string>> = {
  epoch: 'it belongs to an epoch before ours',
  sequence: 'it does not follow our newest entry',
  'previous-hash': 'it is chained to another entry than our newest',
  hash: 'its content does not match its hash',
  table: 'it changes a table that this version does not know',
  conflict: 'the data it changes is not what it was on the other node',
  changeset: 'its changes cannot be read',
};

/** An entry of the other node was not applied; nothing of it was. */
export class ApplyError extends TandemError {
  readonly fault: ApplyFault;
  readonly position: Position;

  constructor(fault: ApplyFault, position: Position, cause?: unknown) {
    super({
      code: `store.apply.${fault}`,
      culprit: fault === 'table' ? 'operator' : 'peer',
      message: `entry ${formatPosition(position)} was not applied: ${faults[fault]}`,
      hint:
        fault === 'table'
          ? 'Upgrade this node to the version of the other one.'
          : 'This node asks for a whole copy by itself; `tandem replica status` shows when it has it.',
      cause,
    });
    this.fault = fault;
    this.position = position;
  }
}

/** Primary result codes, https://sqlite.org/rescode.html */
const sqliteIoError = 10;
export const sqliteCorrupt = 11;
const sqliteFull = 13;

/** Extended codes carry the primary one in their low byte. */
export function isSqliteError(error: unknown, ...codes: readonly number[]): boolean {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return false;
  return codes.includes(error.errcode & 0xff);
}

/** A full or failing disk, in words; anything else as it is. */
export function explain(error: unknown, path: string): unknown {
  if (isSqliteError(error, sqliteFull)) {
    return new TandemError({
      code: 'store.disk-full',
      culprit: 'operator',
      message: `the change was not made: no space is left for ${path}`,
      hint: `Make room on the file system of ${path} (\`df -h\`).`,
      cause: error,
    });
  }
  if (isSqliteError(error, sqliteIoError, sqliteCorrupt)) {
    return new TandemError({
      code: 'store.disk',
      culprit: 'operator',
      message: `the change was not made: ${path} cannot be read or written`,
      hint: 'Check the disk (`dmesg`, `smartctl`), then make the other node active.',
      cause: error,
    });
  }
  return error;
}
