import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Logger } from 'pino';
import { type Manifest, readBackup } from '../backup/container.ts';
import { receiveBackup } from '../backup/receive.ts';
import { generationDue, generationsKept } from '../core/replication/generations.ts';
import { parsePosition } from '../core/replication/position.ts';
import type { Store } from '../store/store.ts';

/** Looked at so often whether one is due. */
const lookMs = 60_000;
const ending = '.backup';

/** A good copy of earlier, as a backup. */
export interface Generation {
  readonly path: string;
  readonly manifest: Manifest;
}

interface GenerationsParts {
  readonly store: Store;
  readonly directory: string;
  /** The bytes of a backup of this node's copy. */
  readonly backup: () => AsyncIterable<Uint8Array>;
  /** This node is standby, and its copy was last found to be the same as the active node's. */
  readonly compared: () => boolean;
  /** Wall clock, milliseconds since 1970. */
  readonly now: () => number;
  readonly log: Logger;
}

/** On a standby, its last few good copies beside the live one: each was compared, is written as a backup, and read back whole. */
export class Generations {
  readonly #parts: GenerationsParts;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: GenerationsParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#timer = setInterval(() => {
      this.keepWhenDue().catch((error: unknown) => {
        this.#parts.log.warn({ err: error }, 'a good copy could not be set aside');
      });
    }, lookMs);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Newest first. A file that is none is left out. */
  async list(): Promise<Generation[]> {
    const { directory } = this.#parts;
    const names = (await readdir(directory).catch(() => [])).filter((name) => name.endsWith(ending));
    const found = await Promise.all(names.map((name) => generationAt(join(directory, name))));
    return found
      .filter((one) => one !== undefined)
      .sort((a, b) => b.manifest.createdAt.localeCompare(a.manifest.createdAt));
  }

  /** Sets the copy aside when that is due; resolves with where it lies. */
  async keepWhenDue(): Promise<string | undefined> {
    const { store, directory, compared, now } = this.#parts;
    if (!compared()) return undefined;
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const [newest] = await this.list();
    const { bavail, bsize } = await statfs(directory);
    const facts = {
      atMs: now(),
      position: store.position,
      compared: true,
      freeBytes: bavail * bsize,
      copyBytes: (await stat(store.path)).size,
    };
    if (!generationDue(facts, newest && factsOf(newest.manifest))) return undefined;
    const path = await this.#keep();
    for (const old of (await this.list()).slice(generationsKept)) await rm(old.path, { force: true });
    return path;
  }

  /** Written beside its place, read back whole, and only then given its name. */
  async #keep(): Promise<string> {
    const { directory, backup, log } = this.#parts;
    const partial = join(directory, 'coming.partial');
    const checked = join(directory, 'checked.partial');
    try {
      for (const leftover of [partial, checked]) await rm(leftover, { force: true });
      await pipeline(backup(), createWriteStream(partial, { mode: 0o600, flags: 'wx', flush: true }));
      const manifest = await receiveBackup(createReadStream(partial), checked);
      const name = `${manifest.createdAt.replaceAll(':', '')}-${manifest.position}${ending}`;
      await rename(partial, join(directory, name));
      log.info({ position: manifest.position, bytes: manifest.bytes }, 'a good copy was set aside');
      return join(directory, name);
    } finally {
      for (const leftover of [partial, checked]) await rm(leftover, { force: true });
    }
  }
}

async function generationAt(path: string): Promise<Generation | undefined> {
  const file = createReadStream(path);
  try {
    return { path, manifest: (await readBackup(file)).manifest };
  } catch {
    // Damaged beyond its first lines, or not ours: `tandem backup verify` says what it is.
    return undefined;
  } finally {
    file.destroy();
  }
}

function factsOf(manifest: Manifest): { position: { epoch: number; sequence: number }; atMs: number } {
  return {
    position: parsePosition(manifest.position) ?? { epoch: 0, sequence: 0 },
    atMs: Date.parse(manifest.createdAt),
  };
}
