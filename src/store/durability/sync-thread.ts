import { fdatasyncSync } from 'node:fs';
import { Worker } from 'node:worker_threads';

/** Syncs files one after the other, beside the event loop. The thread is started by the first use. */
export class SyncThread {
  #worker: Worker | undefined;
  #online = false;

  /** Resolves when everything written to the open file is on the disk. One at a time. */
  async sync(file: number): Promise<void> {
    const worker = this.#worker ?? this.#start();
    if (!this.#online) {
      // A thread takes longer to start than a disk to sync.
      fdatasyncSync(file);
      return;
    }
    worker.ref();
    try {
      await new Promise<void>((resolve, reject) => {
        const done = (failure: unknown): void => {
          worker.off('message', done);
          worker.off('error', done);
          worker.off('exit', gone);
          if (failure === undefined) resolve();
          else reject(failure);
        };
        const gone = (code: number): void => done(new Error(`the sync thread ended with status ${code}`));
        worker.on('message', done);
        worker.on('error', done);
        worker.on('exit', gone);
        worker.postMessage(file);
      });
    } finally {
      worker.unref();
    }
  }

  stop(): void {
    void this.#worker?.terminate();
    this.#worker = undefined;
    this.#online = false;
  }

  #start(): Worker {
    const worker = new Worker(new URL('./sync-worker.ts', import.meta.url));
    this.#worker = worker;
    worker.unref();
    worker.once('online', () => {
      this.#online = this.#worker === worker;
    });
    return worker;
  }
}
