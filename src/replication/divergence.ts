import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { TandemError } from '../core/errors.ts';
import { writeWhole } from './keys/replication-key.ts';
import { listQuarantine, type Quarantined } from './quarantine.ts';

/** What a person decided about one entry. */
export interface Settlement {
  readonly how: 'reapplied' | 'discarded';
  /** Who decided it. */
  readonly by: string;
  readonly atMs: number;
  readonly reason?: string | undefined;
}

/** One entry that lies in quarantine. */
export interface SetAside {
  readonly position: { readonly epoch: number; readonly sequence: number };
  /** JSON text of `{ name, via }`. */
  readonly actor: string;
  readonly timeMs: number;
  readonly changeset: Uint8Array;
  /** Undefined: nobody has decided yet. */
  readonly settled: Settlement | undefined;
}

/** One return with something to look at: its entries that changed data, oldest first. */
export interface Divergence {
  readonly manifest: Quarantined;
  readonly entries: readonly SetAside[];
}

const settlementsSchema = z.record(
  z.string(),
  z.object({
    how: z.enum(['reapplied', 'discarded']),
    by: z.string(),
    atMs: z.number(),
    reason: z.string().optional(),
  }),
);
const lineSchema = z.object({
  position: z.object({ epoch: z.int(), sequence: z.int() }),
  previousHash: z.string(),
  hash: z.string(),
  actor: z.string(),
  timeMs: z.number(),
  changeset: z.base64(),
});
const idPattern = /^\d{1,16}\.\d{1,16}-[0-9a-f]{12}$/;

/** Oldest first. Returns that only lost an opened epoch are not divergences. */
export async function listDivergences(directory: string): Promise<Divergence[]> {
  const manifests = (await listQuarantine(directory)).filter(({ lost }) => lost > 0);
  return Promise.all(manifests.map((manifest) => readEntries(directory, manifest)));
}

/** Entries that nobody has decided on yet, over all returns, without reading the entries themselves. */
export async function countUndecided(directory: string): Promise<number> {
  let count = 0;
  for (const { id, lost } of await listQuarantine(directory))
    if (lost > 0) count += lost - Object.keys(await readSettlements(directory, id)).length;
  return count;
}

/** @throws TandemError `replica.divergence.unknown` */
export async function readDivergence(directory: string, id: string): Promise<Divergence> {
  const manifest = (await listQuarantine(directory)).find((one) => one.id === id);
  if (manifest !== undefined) return readEntries(directory, manifest);
  throw new TandemError({
    code: 'replica.divergence.unknown',
    culprit: 'caller',
    message: `Nothing lies in quarantine on this node under ${JSON.stringify(id)}.`,
    hint: 'See: tandem replica divergence list (on both nodes: each keeps what it alone had)',
  });
}

/** Notes the decision durably; the entries themselves stay where they are. */
export async function settle(
  directory: string,
  id: string,
  sequences: readonly number[],
  settlement: Settlement,
): Promise<void> {
  const known = await readSettlements(directory, id);
  const added = Object.fromEntries(sequences.map((sequence) => [String(sequence), settlement]));
  const text = `${JSON.stringify({ ...known, ...added }, null, 2)}\n`;
  await writeWhole(join(directory, id, 'settled.json'), text, 0o600);
}

/** Everything of one divergence as one text, which `importDivergence` on the other node reads. Holds secrets. */
export async function exportDivergence(directory: string, id: string): Promise<string> {
  const { manifest } = await readDivergence(directory, id);
  const entries = await readFile(join(directory, id, 'entries.jsonl'), 'utf8');
  return `${JSON.stringify(manifest)}\n${entries}`;
}

/** @throws TandemError `replica.divergence.malformed`, `replica.divergence.exists` */
export async function importDivergence(directory: string, text: string): Promise<Quarantined> {
  const [first = '', ...lines] = text.split('\n').filter((line) => line !== '');
  const manifest = readManifest(first, lines);
  const target = join(directory, manifest.id);
  if ((await listQuarantine(directory)).some(({ id }) => id === manifest.id)) {
    throw new TandemError({
      code: 'replica.divergence.exists',
      culprit: 'caller',
      message: `${manifest.id} lies in quarantine here already. Nothing was changed.`,
      hint: `See: tandem replica divergence show ${manifest.id}`,
    });
  }
  const partial = `${target}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true, mode: 0o700 });
  await writeWhole(join(partial, 'entries.jsonl'), `${lines.join('\n')}\n`, 0o600);
  await writeWhole(join(partial, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`, 0o600);
  await rename(partial, target);
  return manifest;
}

async function readEntries(directory: string, manifest: Quarantined): Promise<Divergence> {
  const settlements = await readSettlements(directory, manifest.id);
  const text = await readFile(join(directory, manifest.id, 'entries.jsonl'), 'utf8');
  const lines = text.split('\n').filter((line) => line !== '');
  const entries = lines.map((line): SetAside => {
    const { position, actor, timeMs, changeset } = lineSchema.parse(JSON.parse(line));
    const settled = settlements[String(position.sequence)];
    return { position, actor, timeMs, changeset: Buffer.from(changeset, 'base64'), settled };
  });
  return { manifest, entries: entries.filter(({ changeset }) => changeset.length > 0) };
}

async function readSettlements(directory: string, id: string): Promise<Record<string, Settlement>> {
  try {
    return settlementsSchema.parse(JSON.parse(await readFile(join(directory, id, 'settled.json'), 'utf8')));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    throw error;
  }
}

const manifestSchema: z.ZodType<Quarantined> = z.object({
  id: z.string().regex(idPattern),
  nodeId: z.string(),
  activeNodeId: z.string(),
  createdMs: z.number(),
  commonSequence: z.int(),
  head: z.object({ position: z.object({ epoch: z.int(), sequence: z.int() }), hash: z.string() }),
  entries: z.int(),
  lost: z.int(),
});

function readManifest(first: string, lines: readonly string[]): Quarantined {
  try {
    for (const line of lines) lineSchema.parse(JSON.parse(line));
    const manifest = manifestSchema.parse(JSON.parse(first));
    if (manifest.entries !== lines.length)
      throw new Error(`${lines.length} of ${manifest.entries} entries are there`);
    return manifest;
  } catch (cause) {
    throw new TandemError({
      code: 'replica.divergence.malformed',
      culprit: 'caller',
      message: 'What was given is not an exported divergence, or not a whole one. Nothing was changed.',
      hint: 'Make it anew on the other node: tandem replica divergence export ID',
      cause,
    });
  }
}
