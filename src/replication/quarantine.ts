import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type JournalEntry, opensEpochOnly } from '../core/replication/entry.ts';
import { formatPosition, type Head } from '../core/replication/position.ts';
import { type ChangedValue, readChangeset } from '../store/journal/changeset.ts';
import type { Store } from '../store/store.ts';
import { writeWhole } from './keys/replication-key.ts';

/** Whole databases are kept of this many generations; the entries themselves of all, until a person discards them. */
const databasesKept = 8;

/** What was put aside at one return, as `manifest.json` says it. */
export interface Quarantined {
  readonly id: string;
  /** The node that held the entries, and the one whose copy replaced them. */
  readonly nodeId: string;
  readonly activeNodeId: string;
  /** Milliseconds since 1970. */
  readonly createdMs: number;
  /** The last sequence that both nodes share. */
  readonly commonSequence: number;
  /** Where this node's own history ended. */
  readonly head: Head;
  readonly entries: number;
  /** How many of them changed data; the others only opened an epoch. */
  readonly lost: number;
  /** When the copy of the whole database had to make room; the entries are still there. */
  readonly databaseRemovedMs?: number;
}

export interface QuarantineRequest {
  readonly store: Store;
  readonly directory: string;
  readonly commonSequence: number;
  readonly activeNodeId: string;
  readonly nowMs: number;
}

/**
 * Puts everything aside that `store` has beyond `commonSequence` (I3): entries as JSON lines, and the database as it
 * was. It is on the disk when this resolves. Undefined when there is nothing to put aside. Doing it again for the same
 * history changes nothing.
 */
export async function quarantine(request: QuarantineRequest): Promise<Quarantined | undefined> {
  const { store, directory, commonSequence } = request;
  const { head } = store;
  if (head.position.sequence <= commonSequence) return undefined;
  const id = `${formatPosition(head.position)}-${head.hash.slice(0, 12)}`;
  const target = join(directory, id);
  const known = await readManifest(target);
  if (known !== undefined) return known;

  const partial = `${target}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true, mode: 0o700 });
  const counts = await writeEntries(store, commonSequence, join(partial, 'entries.jsonl'));
  if (counts.lost > 0) await store.snapshotTo(join(partial, 'tandem.db'));
  const manifest: Quarantined = {
    id,
    nodeId: store.nodeId,
    activeNodeId: request.activeNodeId,
    createdMs: request.nowMs,
    commonSequence,
    head,
    ...counts,
  };
  await writeManifest(partial, manifest);
  await syncDirectory(partial);
  await rename(partial, target);
  await syncDirectory(directory);
  await makeRoom(directory, request.nowMs);
  return manifest;
}

/** Everything that lies in quarantine, oldest first. */
export async function listQuarantine(directory: string): Promise<Quarantined[]> {
  const names = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const manifests = await Promise.all(names.map((name) => readManifest(join(directory, name))));
  return manifests
    .filter((manifest) => manifest !== undefined)
    .sort((one, other) => one.createdMs - other.createdMs);
}

async function writeEntries(
  store: Store,
  commonSequence: number,
  path: string,
): Promise<{ entries: number; lost: number }> {
  const file = await open(path, 'wx', 0o600);
  let entries = 0;
  let lost = 0;
  try {
    for (let after = commonSequence; ; ) {
      const portion = store.entriesAfter(after, 256, 1024 * 1024);
      if (portion.length === 0) break;
      for (const entry of portion) {
        await file.writeFile(`${JSON.stringify(toLine(entry))}\n`);
        entries++;
        if (!opensEpochOnly(entry)) lost++;
        after = entry.position.sequence;
      }
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return { entries, lost };
}

/** One line: the entry as it was, byte for byte in base64, and its rows for people to read. */
function toLine(entry: JournalEntry): object {
  const { changeset, ...rest } = entry;
  return {
    ...rest,
    opensEpochOnly: opensEpochOnly(entry),
    changeset: Buffer.from(changeset).toString('base64'),
    changes: readChangeset(changeset).map(({ before, after, ...change }) => ({
      ...change,
      before: before.map(readable),
      after: after.map(readable),
    })),
  };
}

/** What an update left as it was becomes `{}`: JSON has no undefined. */
function readable(value: ChangedValue): unknown {
  if (value === undefined) return {};
  if (value instanceof Uint8Array) return { base64: Buffer.from(value).toString('base64') };
  return typeof value === 'bigint' ? value.toString() : value;
}

async function makeRoom(directory: string, nowMs: number): Promise<void> {
  const all = await listQuarantine(directory);
  const withDatabase = [];
  for (const manifest of all) {
    if (await isThere(join(directory, manifest.id, 'tandem.db'))) withDatabase.push(manifest);
  }
  for (const manifest of withDatabase.slice(0, -databasesKept)) {
    const generation = join(directory, manifest.id);
    await writeManifest(generation, { ...manifest, databaseRemovedMs: nowMs });
    await rm(join(generation, 'tandem.db'), { force: true });
  }
}

/** Undefined where there is no finished generation. */
async function readManifest(generation: string): Promise<Quarantined | undefined> {
  if (generation.endsWith('.partial')) return undefined;
  try {
    return JSON.parse(await readFile(join(generation, 'manifest.json'), 'utf8')) as Quarantined;
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) {
      return undefined;
    }
    throw error;
  }
}

async function writeManifest(generation: string, manifest: Quarantined): Promise<void> {
  await writeWhole(join(generation, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`, 0o600);
}

async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );
}
