import { createHash } from 'node:crypto';
import { open, readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Copying } from '../../core/replication/book.ts';
import type { SnapshotOffer } from '../../core/replication/messages.ts';
import type { Head } from '../../core/replication/position.ts';
import type { Store } from '../../store/store.ts';
import type { MessageStream } from '../message-stream.ts';

const chunkBytes = 256 * 1024;
let copies = 0;

/**
 * Sends a whole copy of the store, taken while writing goes on, and returns the head inside it. The copy lies beside the
 * store for as long as it is sent.
 */
export async function sendSnapshot({
  store,
  stream,
  reason,
  copyTo,
  onProgress,
}: {
  readonly store: Store;
  readonly stream: MessageStream;
  readonly reason: SnapshotOffer['reason'];
  /** Makes the copy. */
  readonly copyTo: (path: string) => Promise<Head>;
  readonly onProgress: (copying: Copying) => void;
}): Promise<Head> {
  const path = `${outgoingPrefix(store)}${process.pid}-${copies++}`;
  try {
    const head = await copyTo(path);
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      stream.send({ kind: 'snapshot-begin', offer: { bytes: size, head, reason } });
      const sum = createHash('sha256');
      for (let offset = 0; offset < size; ) {
        const buffer = Buffer.alloc(Math.min(chunkBytes, size - offset));
        const { bytesRead } = await file.read(buffer, 0, buffer.length, offset);
        if (bytesRead === 0) throw new Error(`${path} became shorter while it was sent`);
        const bytes = buffer.subarray(0, bytesRead);
        sum.update(bytes);
        offset += bytesRead;
        if (!stream.send({ kind: 'snapshot-chunk', bytes })) await stream.drained();
        onProgress({ sentBytes: offset, totalBytes: size });
      }
      stream.send({ kind: 'snapshot-end', sha256: sum.digest('hex') });
      return head;
    } finally {
      await file.close();
    }
  } finally {
    await rm(path, { force: true });
  }
}

/** Copies that a process left behind when it died. */
export async function removeLeftovers(store: Store): Promise<void> {
  const prefix = basename(outgoingPrefix(store));
  for (const name of await readdir(dirname(store.path))) {
    if (name.startsWith(prefix)) await rm(join(dirname(store.path), name), { force: true });
  }
}

function outgoingPrefix(store: Store): string {
  return `${store.path}.outgoing-`;
}
