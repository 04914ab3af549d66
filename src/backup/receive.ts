import { createWriteStream } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { schemaVersion } from '../store/migrations.ts';
import { inspectDatabase } from '../store/snapshot.ts';
import { Store } from '../store/store.ts';
import { decrypt, isEncrypted, noPassphrase } from './age.ts';
import { type Manifest, newer, readBackup } from './container.ts';

type Bytes = AsyncIterable<Uint8Array>;

/**
 * Writes the database of a backup to the new file `path` (0600) and checks all of it: length, sum, data format, and what SQLite says of
 * it. Throws `backup.*` or `store.damaged`; then the file is not to be used.
 */
export async function receiveBackup(source: Bytes, path: string): Promise<Manifest> {
  const { manifest, database } = await readBackup(source);
  if (manifest.schema > schemaVersion) throw newer(manifest.product);
  await pipeline(database, createWriteStream(path, { mode: 0o600 }));
  const file = await open(path, 'r');
  await file.sync();
  await file.close();
  const nothing = { position: { sequence: 0 }, firstKnownSequence: 1, hashAt: () => undefined };
  await inspectDatabase(path, nothing);
  return manifest;
}

/** What a backup holds, after all of it was checked. */
export interface Verified {
  readonly manifest: Manifest;
  readonly users: number;
  readonly certificates: number;
}

/** Checks a backup without a server. Throws what `receiveBackup` throws. */
export async function verifyBackup(source: Bytes): Promise<Verified> {
  const folder = await mkdtemp(join(tmpdir(), 'tandem-backup-'));
  try {
    const path = join(folder, 'tandem.db');
    const manifest = await receiveBackup(source, path);
    // As restoring would: a backup of an older version is brought up to date.
    const store = Store.open({ path, nodeId: 'verification', now: Date.now });
    try {
      return { manifest, users: store.users.count(), certificates: store.certificates.list().length };
    } finally {
      store.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What is inside a file that may be encrypted. `passphrase` is asked for only when it is; undefined: there is none. */
export async function* plainOf(
  file: Bytes,
  passphrase: () => Promise<string | undefined>,
): AsyncGenerator<Uint8Array, void> {
  const iterator = file[Symbol.asyncIterator]();
  let held = Buffer.alloc(0);
  while (held.length < longestBeginning) {
    const next = await iterator.next();
    if (next.done === true) break;
    held = Buffer.concat([held, next.value]);
  }
  const whole = following(held, iterator);
  if (!isEncrypted(held)) return yield* whole;
  const word = await passphrase();
  if (word === undefined) throw noPassphrase();
  yield* decrypt(whole, word);
}

const longestBeginning = 64;

async function* following(
  first: Uint8Array,
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  if (first.length > 0) yield first;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}
