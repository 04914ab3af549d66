/** Waits for the disk in a thread of its own: neither the event loop nor whoever computes in the thread pool holds it up. */
import { fdatasyncSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';

parentPort?.on('message', (file: number) => {
  try {
    fdatasyncSync(file);
    parentPort?.postMessage(undefined);
  } catch (error) {
    parentPort?.postMessage(error);
  }
});
