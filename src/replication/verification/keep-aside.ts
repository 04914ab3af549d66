import { copyFile, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** So many bad copies are kept; the oldest makes room. */
const copiesKept = 3;

/**
 * Copies the database at `path` as it is, byte for byte and whatever is wrong with it, into a new folder of `directory`.
 * Returns that folder.
 */
export async function keepAside(path: string, directory: string, atMs: number): Promise<string> {
  const target = join(directory, new Date(atMs).toISOString().replaceAll(':', ''));
  await mkdir(target, { recursive: true, mode: 0o700 });
  for (const ending of ['', '-wal']) {
    await copyFile(`${path}${ending}`, join(target, `tandem.db${ending}`)).catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
      },
    );
  }
  const all = (await readdir(directory)).sort();
  for (const name of all.slice(0, -copiesKept))
    await rm(join(directory, name), { recursive: true, force: true });
  return target;
}
