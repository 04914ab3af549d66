import { setTimeout as sleep } from 'node:timers/promises';
import { exitCodes, LabError } from './errors.ts';
import { areStopped, processesSharing, signal } from './processes.ts';

/**
 * Stops every process of a host, as a virtual machine that is paused stops them. Its kernel goes on: it
 * answers ARP and ping for the addresses it has, and their lifetimes run out.
 */
export async function freezeProcesses(pid: number): Promise<void> {
  // A process may have forked between the look and the signal: look again until all stand still.
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const processes = processesSharing(pid, 'pid');
    if (areStopped(processes) && attempt > 0) return;
    for (const each of processes) signal(each, 'SIGSTOP');
    await sleep(1);
  }
  throw new LabError(exitCodes.internal, 'The host does not stand still', 'thaw it and try again');
}

/** Lets a frozen host go on, with the programs outside that wait for one inside. */
export function thawProcesses(pid: number): void {
  const processes = new Set([...processesSharing(pid, 'pid'), ...processesSharing(pid, 'mnt')]);
  for (const each of processes) signal(each, 'SIGCONT');
}
