import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { writeDurably } from './durable-file.ts';

/**
 * The keys by which the two heartbeats of a pair believe each other. They are made when the pair is, and never travel
 * with its data: who reads a backup or a journal cannot speak as a node.
 */
export interface HeartbeatKeys {
  readonly keys: readonly {
    /** 0-255; says on the wire which key was used. */
    readonly id: number;
    /** `hex:` and 32 bytes. */
    readonly key: string;
  }[];
  /** The id of the one to sign with. */
  readonly activeKey: number;
}

export const heartbeatKeysSchema: z.ZodType<HeartbeatKeys> = z
  .strictObject({
    keys: z
      .array(
        z.strictObject({
          id: z.int().min(0).max(255),
          key: z.string().regex(/^hex:[0-9a-f]{64}$/, 'not a key'),
        }),
      )
      .min(1)
      .max(2),
    activeKey: z.int().min(0).max(255),
  })
  .refine(({ keys, activeKey }) => keys.some(({ id }) => id === activeKey), 'the active key is missing');

export function newHeartbeatKeys(): HeartbeatKeys {
  return { keys: [{ id: 1, key: `hex:${randomBytes(32).toString('hex')}` }], activeKey: 1 };
}

/** Undefined where there is no file. */
export function readHeartbeatKeys(path: string): HeartbeatKeys | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  return heartbeatKeysSchema.parse(JSON.parse(text));
}

/** For this user alone to read; on the disk when it returns. */
export function writeHeartbeatKeys(path: string, keys: HeartbeatKeys): void {
  writeDurably(path, `${JSON.stringify(keys)}\n`);
}
