import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { type HeartbeatKeys, heartbeatKeysSchema } from '../../settings/heartbeat-keys.ts';
import { type PairSettings, pairSettingsSchema } from '../../settings/pair.ts';

/**
 * A change of the pair that both nodes have noted before either makes it. The note stays until both are known to have the
 * same data, so that a node that dies in the middle comes back knowing both forms.
 */
export interface PendingChange {
  readonly id: string;
  readonly before: PairSettings;
  readonly after: PairSettings;
  /** With `after`; where they change. They never travel with the data. */
  readonly keys?: HeartbeatKeys | undefined;
}

export const pendingChangeSchema: z.ZodType<PendingChange> = z.strictObject({
  id: z.uuid(),
  before: pairSettingsSchema,
  after: pairSettingsSchema,
  keys: heartbeatKeysSchema.optional(),
});

/** Undefined where there is none. */
export function readPendingChange(path: string): PendingChange | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
  return pendingChangeSchema.parse(JSON.parse(text));
}

/** On the disk when it returns. */
export function writePendingChange(path: string, pending: PendingChange): void {
  const file = openSync(`${path}.new`, 'w', 0o600);
  try {
    writeSync(file, `${JSON.stringify(pending)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(`${path}.new`, path);
  syncDirectory(path);
}

export function removePendingChange(path: string): void {
  rmSync(path, { force: true });
  syncDirectory(path);
}

function syncDirectory(path: string): void {
  const directory = openSync(dirname(path), 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}
