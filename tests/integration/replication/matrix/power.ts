/**
 * What a power failure leaves: the database as it was when a sync that is known to have ended began, and nothing that was
 * written since. A real disk may keep more; the promises must hold with the least.
 */
import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

const files = ['tandem.db', 'tandem.db-wal'];

/** Beside the node's small disk, which may be full. */
function folderOf(directory: string): string {
  return `${directory}-durable`;
}

/** In the node: takes an image whenever the store was asked to sync, and keeps it once that has happened. */
export class DurableImages {
  readonly #database: string;
  readonly #folder: string;
  #taken = 0;

  constructor(directory: string, database: string) {
    this.#database = database;
    this.#folder = folderOf(directory);
    rmSync(this.#folder, { recursive: true, force: true });
    mkdirSync(this.#folder);
  }

  /** Returns what says that the image has become durable. */
  take(): () => void {
    const number = String(++this.#taken).padStart(9, '0');
    const pending = join(this.#folder, `pending-${number}`);
    mkdirSync(pending);
    for (const name of files) {
      const from = join(dirname(this.#database), name);
      if (existsSync(from)) copyFileSync(from, join(pending, name));
    }
    return () => {
      renameSync(pending, join(this.#folder, `image-${number}`));
      for (const older of imagesIn(this.#folder).slice(0, -1))
        rmSync(join(this.#folder, older), { recursive: true });
    };
  }
}

/** From now on the node's next start finds only what was durable. */
export function losePower(directory: string): void {
  writeFileSync(join(folderOf(directory), 'power-lost'), '');
}

/** Before a node is started: whether its power was lost, and then its database is what was durable. */
export function returnOfPower(directory: string): void {
  const folder = folderOf(directory);
  if (!existsSync(join(folder, 'power-lost'))) return;
  const newest = imagesIn(folder).at(-1);
  const store = join(directory, 'store');
  for (const name of readdirSync(store))
    if (basename(name).startsWith('tandem.db')) rmSync(join(store, name));
  if (newest === undefined) return;
  for (const name of readdirSync(join(folder, newest)))
    copyFileSync(join(folder, newest, name), join(store, name));
}

function imagesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.startsWith('image-'))
    .sort();
}
