import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { removeLab } from './cleanup.ts';
import { enter } from './enter.ts';
import { exitCodes, LabError } from './errors.ts';
import { installDisk } from './machine.ts';
import { startSwitch } from './network.ts';
import { switchOn } from './power.ts';
import { preflight } from './preflight.ts';
import { identify } from './processes.ts';
import { collect } from './program.ts';
import {
  createStateDirectory,
  inUse,
  isInUse,
  type LabState,
  readState,
  withLock,
  writeState,
} from './state.ts';
import { type HostPlan, planHosts } from './topology.ts';

export interface UpOptions {
  /** Number of client hosts; 1 without it. */
  readonly clients?: number;
  /** Where the lab's disks and state lie; must be absolute. */
  readonly stateDir?: string;
  /** The lab outlives this process and lasts until `down`. Without it, the next `up` may remove a leftover. */
  readonly detached?: boolean;
  /** Is told what is being done. */
  readonly onProgress?: (what: string) => void;
}

/** Makes a lab from nothing; cleans what a crashed one left. Throws LabError; leaves nothing if it fails. */
export async function bringUp(
  directory: string,
  options: Required<Omit<UpOptions, 'stateDir'>>,
): Promise<void> {
  const { clients, detached, onProgress } = options;
  if (process.getuid?.() !== 0) await preflight(directory);
  await withLock(directory, 0, async () => {
    const before = readState(directory);
    if (before !== undefined && isInUse(before)) throw inUse(directory);
    createStateDirectory(directory);
    if (before !== undefined) onProgress('cleaning what an earlier lab left');
    await removeLab(directory);
    try {
      await build(directory, clients, detached, onProgress);
    } catch (error) {
      await removeLab(directory);
      throw error;
    }
  });
}

async function build(
  directory: string,
  clients: number,
  detached: boolean,
  onProgress: (what: string) => void,
): Promise<void> {
  const owner = identify(process.pid);
  if (!owner)
    throw new LabError(exitCodes.internal, 'Cannot read /proc', 'mount it: mount -t proc proc /proc');
  const plans = planHosts(clients);
  const state: LabState = {
    version: 1,
    phase: 'starting',
    owner,
    detached,
    clients,
    password: randomBytes(12).toString('base64url'),
    switch: undefined,
    split: false,
    hosts: Object.fromEntries(
      plans.map(({ name }) => [name, { process: undefined, frozen: false, cut: false }]),
    ),
  };
  createStateDirectory(directory);
  writeState(directory, state);
  await preflight(directory);
  rmSync(`${directory}/preflight`, { recursive: true, force: true });

  onProgress('switch and cables');
  const bridges = await startSwitch(directory);
  state.switch = bridges;
  onProgress(`hosts: ${plans.map(({ name }) => name).join(', ')}`);
  await Promise.all(
    plans.map(async (plan) => {
      await installDisk(directory, plan, plans);
      await switchOn(directory, plan, bridges.pid, { cut: false, split: false }, (process) => {
        state.hosts[plan.name] = { process, frozen: false, cut: false };
        writeState(directory, state);
      });
      if (plan.kind === 'node') await setPassword(state, plan);
      onProgress(`${plan.name} is up`);
    }),
  );
  state.phase = 'ready';
  writeState(directory, state);
}

async function setPassword(state: LabState, plan: HostPlan): Promise<void> {
  const pid = state.hosts[plan.name]?.process?.pid ?? 0;
  const child = enter(pid, ['chpasswd', '--crypt-method', 'SHA512']);
  const { code, stderr } = await collect(child, { input: `root:${state.password}\n` });
  if (code !== 0) {
    throw new LabError(
      exitCodes.internal,
      `Setting the password on ${plan.name} failed: ${stderr}`,
      'try again',
    );
  }
}
