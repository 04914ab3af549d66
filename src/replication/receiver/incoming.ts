import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, open, readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { TandemError } from '../../core/errors.ts';
import type { SnapshotOffer } from '../../core/replication/messages.ts';
import { formatPosition } from '../../core/replication/position.ts';
import { inspectDatabase } from '../../store/snapshot.ts';
import type { Store } from '../../store/store.ts';

let transfers = 0;

/** A whole copy on its way in, beside the store and not yet part of anything. */
export class IncomingSnapshot {
  readonly path: string;
  readonly offer: SnapshotOffer;
  readonly #file: FileHandle;
  readonly #sum: Hash = createHash('sha256');

  static async open(store: Store, offer: SnapshotOffer): Promise<IncomingSnapshot> {
    const path = `${incomingPrefix(store)}${process.pid}-${transfers++}`;
    return new IncomingSnapshot(path, offer, await open(path, 'wx', 0o600));
  }

  private constructor(path: string, offer: SnapshotOffer, file: FileHandle) {
    this.path = path;
    this.offer = offer;
    this.#file = file;
  }

  async append(bytes: Uint8Array): Promise<void> {
    this.#sum.update(bytes);
    await this.#file.writeFile(bytes);
  }

  /**
   * The copy is on the disk, is what was sent, is a sound database and ends where it was said to. Returns the last
   * sequence it shares with `store`. Throws `replication.snapshot-damaged`, `store.damaged`, `store.newer`.
   */
  async verify(sha256: string, store: Store): Promise<number> {
    await this.#file.sync();
    await this.#file.close();
    if (this.#sum.digest('hex') !== sha256) throw damaged('is not what was sent');
    const { head, commonPoint } = await inspectDatabase(this.path, store);
    if (
      head.hash !== this.offer.head.hash ||
      formatPosition(head.position) !== formatPosition(this.offer.head.position)
    ) {
      throw damaged('ends at another entry than announced');
    }
    return commonPoint;
  }

  async discard(): Promise<void> {
    await this.#file.close();
    await rm(this.path, { force: true });
  }
}

/** Copies that were under way when a process died. */
export async function removeIncoming(store: Store): Promise<void> {
  const prefix = basename(incomingPrefix(store));
  for (const name of await readdir(dirname(store.path))) {
    if (name.startsWith(prefix)) await rm(join(dirname(store.path), name), { force: true });
  }
}

function incomingPrefix(store: Store): string {
  return `${store.path}.incoming-`;
}

function damaged(how: string): TandemError {
  return new TandemError({
    code: 'replication.snapshot-damaged',
    culprit: 'peer',
    message: `the copy that arrived ${how}; nothing was replaced`,
    hint: 'The transfer starts over by itself. If this repeats, check the link and the disks.',
  });
}
