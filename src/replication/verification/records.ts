import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import type { Baseline } from '../../store/contents/survey.ts';

/** What came of comparing the copies last, or of looking at the own one. */
export interface Outcome {
  /** Wall clock, milliseconds since 1970. */
  readonly atMs: number;
  /** `compared` and equal; `sound` by itself, nobody to compare with; `different` or damaged; `failed`: could not be done. */
  readonly result: 'compared' | 'sound' | 'different' | 'failed';
  /** `epoch.sequence` at which was looked. */
  readonly position: string | undefined;
  readonly sentence: string;
}

/** What a node remembers of its own copy over a restart, in one small file beside the database. */
export interface Records {
  readonly baseline?: Baseline | undefined;
  readonly last?: Outcome | undefined;
  /** This node's own copy was found damaged and not replaced since: what was found. */
  readonly damaged?: string | undefined;
  /** The last time a copy here was found damaged, for people; `kept` is where the bad one lies. */
  readonly incident?:
    | { readonly atMs: number; readonly sentence: string; readonly kept?: string | undefined }
    | undefined;
}

const outcome = z.object({
  atMs: z.number(),
  result: z.enum(['compared', 'sound', 'different', 'failed']),
  position: z.string().optional(),
  sentence: z.string(),
});
const recordsSchema: z.ZodType<Records> = z.object({
  baseline: z
    .object({
      sequence: z.int(),
      hash: z.string(),
      schema: z.int(),
      tables: z.record(z.string(), z.string()),
    })
    .optional(),
  last: outcome.optional() as z.ZodType<Outcome | undefined>,
  damaged: z.string().optional(),
  incident: z.object({ atMs: z.number(), sentence: z.string(), kept: z.string().optional() }).optional(),
});

/** Nothing where there is no such file or it cannot be understood: then everything is found out anew. */
export function readRecords(path: string): Records {
  try {
    return recordsSchema.safeParse(JSON.parse(readFileSync(path, 'utf8'))).data ?? {};
  } catch {
    return {};
  }
}

export function writeRecords(path: string, records: Records): void {
  writeFileSync(`${path}.new`, `${JSON.stringify(records, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}
