import { Worker } from 'node:worker_threads';

/**
 * What SQLite finds wrong with a database file that nothing has open; empty when it is sound. Rejects when it is no database
 * at all. Nothing else waits while it is read.
 */
export function checkIntegrity(path: string): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./integrity-worker.ts', import.meta.url), { workerData: path });
    worker.once('message', (findings: string[]) => resolve(findings[0] === 'ok' ? [] : findings));
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`the check ended with status ${code}`)));
  });
}
