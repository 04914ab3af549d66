/**
 * Where a node of the crash matrix can be struck from inside: before and after each step of the store, and before each
 * call to the file system that the product makes. Imported first, so that the product gets these calls.
 */
import fs from 'node:fs';
import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import type { Store } from '../../../../src/store/store.ts';
import { DurableImages, losePower } from './power.ts';

/** `power`: killed, and whatever was not synced is gone. */
export type Blow = 'kill' | 'power' | 'freeze' | 'fill';
export interface Armed {
  readonly step: string;
  /** Strikes when the step is reached for this time. */
  readonly nth: number;
  readonly blow: Blow;
}

const directory = process.argv[2] ?? '';
const { openSync, writeSync, closeSync } = fs;
let armed: Armed | undefined;
let count = 0;

export function arm(next: Armed | undefined): void {
  armed = next;
  count = 0;
}

export function reached(step: string): void {
  if (armed?.step !== step || ++count < armed.nth) return;
  const { blow } = armed;
  armed = undefined;
  process.send?.({ event: 'struck', step });
  if (blow === 'power') losePower(directory);
  if (blow === 'fill') fill();
  else process.kill(process.pid, blow === 'freeze' ? 'SIGSTOP' : 'SIGKILL');
}

/** Leaves no byte free on this node's file system. */
function fill(): void {
  const file = openSync(join(directory, 'ballast'), 'a');
  for (let size = 65_536; size >= 512; ) {
    try {
      writeSync(file, Buffer.alloc(size));
    } catch {
      size /= 2;
    }
  }
  closeSync(file);
}

type Call = (...values: unknown[]) => unknown;
function watch(owner: object, names: readonly string[], prefix: string): void {
  const calls = owner as Record<string, Call>;
  for (const name of names) {
    const inner = calls[name]!;
    calls[name] = (...values) => {
      reached(`${prefix}${name}`);
      return inner.apply(owner, values);
    };
  }
}

watch(fs, ['renameSync', 'rmSync', 'fsyncSync'], '');
watch(promises, ['rename', 'rm', 'open', 'mkdir', 'readFile'], 'async ');
syncBuiltinESMExports();

/** The store's own steps: `apply` before and `apply done` after. Keeps what is durable, for a power failure. */
export function watchStore(store: Store): void {
  const images = new DurableImages(directory, store.path);
  images.take()();
  keepWhatIsSynced(store, images);
  const calls = store as unknown as Record<string, Call>;
  for (const name of ['write', 'apply', 'openEpoch', 'snapshotTo', 'replaceWith', 'synced', 'syncIfQuick']) {
    const inner = calls[name]!.bind(store);
    calls[name] = (...values) => {
      reached(name);
      const result = inner(...values);
      if (!(result instanceof Promise)) reached(`${name} done`);
      else void result.then(() => reached(`${name} done`)).catch(() => {});
      return result;
    };
  }
}

function keepWhatIsSynced(store: Store, images: DurableImages): void {
  const calls = store as unknown as Record<string, Call>;
  // The mutation that the matrix must notice: nobody waits for the disk.
  if (process.env['TANDEM_MATRIX_WITHOUT_SYNC'] !== undefined) {
    calls['synced'] = async () => {};
    calls['syncIfQuick'] = () => true;
    return;
  }
  const synced = store.synced.bind(store);
  calls['synced'] = async () => {
    const keep = images.take();
    await synced();
    keep();
  };
  const syncIfQuick = store.syncIfQuick.bind(store);
  calls['syncIfQuick'] = () => {
    const done = syncIfQuick();
    if (done) images.take()();
    return done;
  };
  for (const name of ['openEpoch', 'replaceWith']) {
    const inner = calls[name]!.bind(store);
    calls[name] = (...values) => {
      const result = inner(...values);
      images.take()();
      return result;
    };
  }
}
