/**
 * Loaded before a node of the benchmark (`--import`), in each of its threads: every sync takes `TANDEM_BENCH_SYNC_MS` longer, as on
 * disks that have to write before they answer. The disk of a virtual machine often answers from the memory of its host.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const longerMs = Number(process.env['TANDEM_BENCH_SYNC_MS'] ?? 0);
const clock = new Int32Array(new SharedArrayBuffer(4));
const sync = fs.fdatasyncSync;

if (longerMs > 0) {
  fs.fdatasyncSync = (file) => {
    sync(file);
    Atomics.wait(clock, 0, 0, longerMs);
  };
  syncBuiltinESMExports();
}
