import { readFileSync } from 'node:fs';
import { family } from '../../tests/integration/network.ts';
import type { ContenderName } from './contenders.ts';
import { begin, sleep } from './duel.ts';

/** The kernel reports times in this unit to every program: USER_HZ. */
const TICKS_PER_SECOND = 100;

export interface Cost {
  /** All processes of the active node's program together. */
  readonly residentMegabytes: number;
  /** Of one core, on the active or the standby node, whichever needs more. */
  readonly processorPercent: number;
}

export async function cost(name: ContenderName, intervalMs: number, forSeconds: number): Promise<Cost> {
  await using duel = await begin(name, intervalMs);
  const both = [duel.active, duel.standby].map(({ pid }) => family(pid));
  // What belongs to the start is over.
  await sleep(3000);
  const before = both.map(ticks);
  const from = performance.now();
  await sleep(forSeconds * 1000);
  const seconds = (performance.now() - from) / 1000;
  const used = both.map((pids, node) => ticks(pids) - (before[node] ?? 0));
  return {
    residentMegabytes: Math.max(...both.map(residentMegabytes)),
    processorPercent: (Math.max(...used) / TICKS_PER_SECOND / seconds) * 100,
  };
}

/** proc(5): utime and stime, the 14th and 15th field; the second is the name in parentheses. */
function ticks(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return sum + Number(fields[11]) + Number(fields[12]);
  }, 0);
}

function residentMegabytes(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => {
    const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return sum + Number(kilobytes) / 1024;
  }, 0);
}
