import { readFileSync, rmSync } from 'node:fs';
import { z } from 'zod';
import { syncDirectory, writeDurably } from '../../settings/durable-file.ts';
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
  writeDurably(path, `${JSON.stringify(pending)}\n`);
}

export function removePendingChange(path: string): void {
  rmSync(path, { force: true });
  syncDirectory(path);
}
