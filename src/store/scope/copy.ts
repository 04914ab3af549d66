import { rmSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { Head } from '../../core/replication/position.ts';
import type { Scope } from '../../core/replication/scope.ts';

export interface CopyRequest {
  readonly source: string;
  readonly target: string;
  readonly scope: Scope;
}

/**
 * Copies what the scope lets out of the database at `source` into the new file `target` (0600), of one moment and while it is written to.
 * The copy's journal has one entry, the newest, whose position and hash are the original's. Returns that head.
 */
export function copyScoped(source: string, target: string, scope: Scope): Promise<Head> {
  for (const ending of ['', '-wal', '-shm', '-journal']) rmSync(`${target}${ending}`, { force: true });
  const workerData: CopyRequest = { source, target, scope };
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./copy-worker.ts', import.meta.url), { workerData });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`the copy ended with status ${code}`)));
  });
}
