import { execFile } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { NodeProcess } from './node-process.ts';
import type { BenchPair } from './pair.ts';

const run = promisify(execFile);

/** What was answered and is not on the machine that is left. */
export interface Loss {
  readonly answered: number;
  readonly lost: number;
}

/** The crash comes at any moment of a copying interval. */
const crashAfterMs = (everyMs: number): number => everyMs * (1 + Math.random());

/** What people do: the database's files are copied every so often, here to a folder of the same machine. */
export async function lossWithRsync(folder: string, everyMs: number, perSecond: number): Promise<Loss> {
  const [live, copy] = [join(folder, 'live'), join(folder, 'copy')];
  for (const path of [live, copy]) rmSync(path, { recursive: true, force: true });
  mkdirSync(copy);
  const node = await NodeProcess.start([], [live, 'node-x', join(folder, 'x.sock')]);
  let copying = true;
  try {
    await node.tell({ do: 'become', role: 'active' });
    await node.tell({ do: 'pace', perSecond });
    const copies = (async () => {
      while (copying) {
        await run('rsync', ['-a', '--delete', `${join(live, 'store')}/`, copy]);
        await pause(everyMs, undefined, { ref: false });
      }
    })();
    await pause(crashAfterMs(everyMs));
    await node.kill();
    copying = false;
    void copies.catch(() => {});
    return lossOf(node.answered, join(copy, 'tandem.db'));
  } finally {
    copying = false;
    await node.kill();
  }
}

/** The same with a standby, which takes over. */
export async function lossWithStandby(pair: BenchPair, everyMs: number, perSecond: number): Promise<Loss> {
  await pair.active.tell({ do: 'pace', perSecond });
  await pause(crashAfterMs(everyMs));
  await pair.active.kill();
  await pair.standby.tell({ do: 'become', role: 'active' });
  return lossOf(pair.active.answered, join(pair.standbyFolder, 'store/tandem.db'));
}

function lossOf(answered: readonly string[], path: string): Loss {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    const rows = database.prepare("SELECT name FROM setting WHERE name LIKE 'write-%'").all();
    const there = new Set(rows.map((row) => String(row['name'])));
    return { answered: answered.length, lost: answered.filter((name) => !there.has(name)).length };
  } finally {
    database.close();
  }
}
