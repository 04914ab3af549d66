import { linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { exitCodes, LabError } from './errors.ts';
import { identify, isAlive, type ProcessIdentity } from './processes.ts';

export interface HostState {
  /** Process 1 of the host as the machine sees it; undefined while the power is off. */
  process: ProcessIdentity | undefined;
  frozen: boolean;
  /** Whether the cable of eth0 is cut. */
  cut: boolean;
}

/** What the lab remembers, in `lab.json` of its state directory. */
export interface LabState {
  version: 1;
  /** `starting` until every host is up. */
  phase: 'starting' | 'ready';
  /** The process that brings the lab up; a lab that is not `detached` ends with it. */
  owner: ProcessIdentity;
  detached: boolean;
  clients: number;
  /** Of root, over SSH, in the nodes. */
  password: string;
  switch: ProcessIdentity | undefined;
  split: boolean;
  hosts: Record<string, HostState>;
}

export const defaultStateDirectory = '/var/lib/tandem-lab';

const stateFile = (directory: string): string => `${directory}/lab.json`;

export function readState(directory: string): LabState | undefined {
  let text: string;
  try {
    text = readFileSync(stateFile(directory), 'utf8');
  } catch {
    return undefined;
  }
  try {
    return JSON.parse(text) as LabState;
  } catch {
    return undefined; // written halfway when the machine stopped: as good as none
  }
}

/** Replaces the state; readable by root only, for the password is in it. */
export function writeState(directory: string, state: LabState): void {
  const fresh = `${stateFile(directory)}.new`;
  writeFileSync(fresh, JSON.stringify(state, undefined, 2), { mode: 0o600 });
  renameSync(fresh, stateFile(directory));
}

/** Makes the directory, or refuses one that holds something else than a lab. */
export function createStateDirectory(directory: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  if (readState(directory) === undefined && readdirSync(directory).length > 0) {
    throw new LabError(
      exitCodes.inUse,
      `${directory} holds something that is not a lab`,
      'choose an empty directory with --state DIR',
    );
  }
}

/** Whether somebody uses this lab: it is being brought up, or is up and has hosts that run. */
export function isInUse(state: LabState): boolean {
  if (state.phase === 'starting' || !state.detached) return isAlive(state.owner);
  const processes = Object.values(state.hosts).map(({ process }) => process);
  return processes.some((process) => process !== undefined && isAlive(process));
}

const lockFile = (directory: string): string => `${directory}.lock`;

/** The lock appears with its content, so that a crash leaves none that says nothing. */
function takeLock(directory: string): boolean {
  const draft = `${lockFile(directory)}.${process.pid}`;
  mkdirSync(dirname(directory), { recursive: true });
  writeFileSync(draft, JSON.stringify(identify(process.pid)), { mode: 0o600 });
  try {
    linkSync(draft, lockFile(directory));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Removes the lock of a process that has gone; true if it is worth trying again at once. */
function removeStaleLock(directory: string): boolean {
  try {
    const holder = JSON.parse(readFileSync(lockFile(directory), 'utf8')) as ProcessIdentity;
    if (isAlive(holder)) return false;
  } catch {
    return true; // just removed
  }
  rmSync(lockFile(directory), { force: true });
  return true;
}

/**
 * Runs `action` while nobody else changes this lab. Waits up to `waitMs` for its turn, then throws
 * "in use" (73). The lock lies beside the directory, which `down` removes.
 */
export async function withLock<T>(directory: string, waitMs: number, action: () => Promise<T>): Promise<T> {
  const end = performance.now() + waitMs;
  while (!takeLock(directory)) {
    if (removeStaleLock(directory)) continue;
    if (performance.now() > end) throw inUse(directory);
    await sleep(10);
  }
  try {
    return await action();
  } finally {
    rmSync(lockFile(directory), { force: true });
  }
}

export function inUse(directory: string): LabError {
  return new LabError(
    exitCodes.inUse,
    `The lab in ${directory} is in use`,
    `remove it with lab/lab down --state ${directory}, or choose another --state DIR`,
  );
}
