import { createHash } from 'node:crypto';
import { z } from 'zod';
import { TandemError } from '../core/errors.ts';

/** What is in a backup, as its second line says it. docs/formats/backup.md */
export interface Manifest {
  readonly format: 1;
  /** `accounts`: users, groups, certificates and what they are checked by; no journal, no settings of the pair. */
  readonly kind: 'whole' | 'accounts';
  readonly product: string;
  /** Data format of the database inside. */
  readonly schema: number;
  readonly node: string;
  /** ISO 8601. */
  readonly createdAt: string;
  /** `epoch.sequence` */
  readonly position: string;
  readonly bytes: number;
  readonly sha256: string;
}

const intro = 'tandem-backup';
const longestHead = 4096;

const manifestSchema: z.ZodType<Manifest> = z.object({
  format: z.literal(1),
  kind: z.enum(['whole', 'accounts']),
  product: z.string().max(100),
  schema: z.int().min(1),
  node: z.string().max(100),
  createdAt: z.string().max(40),
  position: z.string().max(40),
  bytes: z.int().min(1),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

/** The two lines before the database. */
export function headOf(manifest: Manifest): string {
  return `${intro}\n${JSON.stringify(manifest)}\n`;
}

/**
 * Reads a backup: its manifest, then the bytes of the database. The bytes may be believed only when all were read without an
 * error: length and sum are known at the end. Throws `backup.not-one`, `backup.newer`, `backup.damaged`.
 */
export async function readBackup(
  source: AsyncIterable<Uint8Array>,
): Promise<{ manifest: Manifest; database: AsyncGenerator<Uint8Array, void> }> {
  const iterator = source[Symbol.asyncIterator]();
  let held = Buffer.alloc(0);
  const endOfHead = (): number => held.indexOf(0x0a, held.indexOf(0x0a) + 1);
  while (held.indexOf(0x0a) < 0 || endOfHead() < 0) {
    const next = held.length > longestHead ? undefined : await iterator.next();
    if (next === undefined || next.done === true) throw notOne();
    held = Buffer.concat([held, next.value]);
  }
  const [first, second = ''] = held.toString('utf8', 0, endOfHead()).split('\n');
  if (first !== intro) throw notOne();
  const manifest = parseManifest(second);
  const rest = held.subarray(endOfHead() + 1);
  return { manifest, database: checked(manifest, rest, iterator) };
}

async function* checked(
  manifest: Manifest,
  first: Uint8Array,
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  const sum = createHash('sha256');
  let length = 0;
  for (let bytes: Uint8Array | undefined = first; bytes !== undefined; ) {
    length += bytes.length;
    if (length > manifest.bytes) throw damagedBackup('it is longer than it says');
    sum.update(bytes);
    if (bytes.length > 0) yield bytes;
    const next = await rest.next();
    bytes = next.done === true ? undefined : next.value;
  }
  if (length !== manifest.bytes) throw damagedBackup('it was cut off');
  if (sum.digest('hex') !== manifest.sha256) throw damagedBackup('its content is not what was written');
}

function parseManifest(line: string): Manifest {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw damagedBackup('its second line cannot be read');
  }
  const format = z.object({ format: z.int(), product: z.string().max(100) }).safeParse(value);
  if (format.success && format.data.format > 1) throw newer(format.data.product);
  const manifest = manifestSchema.safeParse(value);
  if (!manifest.success) throw damagedBackup('its second line does not say what it should');
  return manifest.data;
}

/** A backup of a later version than this one. */
export function newer(product: string): TandemError {
  return new TandemError({
    code: 'backup.newer',
    culprit: 'caller',
    message: `The backup was made by Tandem ${product}, whose format this version does not know. Nothing was changed.`,
    hint: `Install Tandem ${product} or a later one, then restore it`,
  });
}

function notOne(): TandemError {
  return new TandemError({
    code: 'backup.not-one',
    culprit: 'caller',
    message: 'This is not a backup of Tandem. Nothing was changed.',
    hint: 'Name a file that `tandem backup create` wrote',
  });
}

/** `how` completes "The backup is damaged: …". */
export function damagedBackup(how: string): TandemError {
  return new TandemError({
    code: 'backup.damaged',
    culprit: 'caller',
    message: `The backup is damaged: ${how}. Nothing was changed.`,
    hint: 'Take another copy of it',
  });
}
