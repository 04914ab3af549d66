import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process that cannot be confused with a later one that got the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Field 22 of /proc/PID/stat, clock ticks since boot. */
  readonly startTime: string;
}

type Status = { readonly state: string; readonly startTime: string };

function statusOf(pid: number): Status | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return undefined;
  }
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0] ?? '', startTime: fields[19] ?? '' };
}

/** The identity of a running process; undefined if there is none. */
export function identify(pid: number): ProcessIdentity | undefined {
  const status = statusOf(pid);
  return status && { pid, startTime: status.startTime };
}

/** Whether the very process still runs; a zombie does not. */
export function isAlive(identity: ProcessIdentity): boolean {
  const status = statusOf(identity.pid);
  return status !== undefined && status.startTime === identity.startTime && !/[ZX]/.test(status.state);
}

/** Whether every thread leader among these is stopped (or gone). */
export function areStopped(pids: readonly number[]): boolean {
  return pids.every((pid) => /[TtZX]/.test(statusOf(pid)?.state ?? 'X'));
}

/** Sends a signal; false if there is nobody to get it. */
export function signal(pid: number, name: NodeJS.Signals | number): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}

/** Waits until none of these runs; false if some still does after `timeoutMs`. */
export async function waitUntilGone(
  identities: readonly ProcessIdentity[],
  timeoutMs = 10_000,
): Promise<boolean> {
  const end = performance.now() + timeoutMs;
  while (identities.some(isAlive)) {
    if (performance.now() > end) return false;
    await sleep(5);
  }
  return true;
}

function allPids(): readonly number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0);
}

function link(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

/** All processes whose namespace of this kind is that of `pid`, without `pid`'s own position mattering. */
export function processesSharing(pid: number, kind: 'pid' | 'mnt' | 'net'): readonly number[] {
  const namespace = link(`/proc/${pid}/ns/${kind}`);
  if (namespace === undefined) return [];
  return allPids().filter((other) => link(`/proc/${other}/ns/${kind}`) === namespace);
}

/** All processes that were started with `NAME=value` in their environment. */
export function processesMarked(assignment: string): readonly ProcessIdentity[] {
  return allPids().flatMap((pid) => {
    try {
      const environment = readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0');
      const identity = environment.includes(assignment) ? identify(pid) : undefined;
      return identity ? [identity] : [];
    } catch {
      return []; // ended meanwhile
    }
  });
}

/** The children of a single-threaded process. */
export function childrenOf(pid: number): readonly number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1')
      .trim()
      .split(' ')
      .filter(Boolean)
      .map(Number);
  } catch {
    return [];
  }
}
