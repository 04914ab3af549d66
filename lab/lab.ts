import type { ChildProcess } from 'node:child_process';
import { resolve } from 'node:path';
import { bringUp, type UpOptions } from './bring-up.ts';
import { removeLab } from './cleanup.ts';
import { type EnterOptions, enter } from './enter.ts';
import { exitCodes, LabError } from './errors.ts';
import { freezeProcesses, thawProcesses } from './freeze.ts';
import { type LabListing, listing } from './listing.ts';
import { setIsolated, setPorts } from './network.ts';
import { isOn, switchOff, switchOn } from './power.ts';
import { collect, type RunOptions, type RunResult } from './program.ts';
import {
  defaultStateDirectory,
  type HostState,
  type LabState,
  readState,
  withLock,
  writeState,
} from './state.ts';
import { type HostPlan, maxClients, nodeNames, planHosts } from './topology.ts';

const lockWaitMs = 30_000;

/**
 * Two nodes, a gateway, an office server and clients on this machine, each a machine of its own in
 * namespaces. One object stands for one state directory; several may stand for the same, in several
 * processes. Every method throws LabError.
 */
export class Lab {
  readonly stateDir: string;

  private constructor(stateDir: string) {
    this.stateDir = stateDir;
  }

  /** Brings a lab up; resolves when every host's enabled services are started. */
  static async up(options: UpOptions = {}): Promise<Lab> {
    const { clients = 1, detached = false, onProgress = () => undefined } = options;
    if (!Number.isInteger(clients) || clients < 0 || clients > maxClients) {
      throw new LabError(
        exitCodes.usage,
        `The lab takes 0 to ${maxClients} clients`,
        'for example --clients 2',
      );
    }
    const stateDir = stateDirectory(options.stateDir);
    await bringUp(stateDir, { clients, detached, onProgress });
    return new Lab(stateDir);
  }

  /** A lab that is up. */
  static open(stateDir?: string): Lab {
    const lab = new Lab(stateDirectory(stateDir));
    lab.#state();
    return lab;
  }

  /** Removes a lab, or what is left of one; does nothing if there is none. */
  static async remove(stateDir?: string): Promise<void> {
    const directory = stateDirectory(stateDir);
    await withLock(directory, lockWaitMs, () => removeLab(directory));
  }

  /** Of root, over SSH, in the nodes. */
  get password(): string {
    return this.#state().password;
  }

  /** Hosts, addresses, namespaces and faults as they are now. */
  list(): LabListing {
    const state = this.#state();
    return listing(this.stateDir, state, planHosts(state.clients));
  }

  /** Runs a program in a host until it ends. A code other than 0 is a result, not an error. */
  exec(name: string, argv: readonly string[], options: RunOptions & EnterOptions = {}): Promise<RunResult> {
    return collect(this.spawn(name, argv, options), options);
  }

  /** Starts a program in a host; `kill` of the child reaches the program itself, which dies with its host. */
  spawn(name: string, argv: readonly string[], options: EnterOptions = {}): ChildProcess {
    const state = this.#state();
    const { host } = find(state, name);
    if (!host.process || !isOn(host))
      throw unavailable(`${name} is switched off`, `lab/lab power-on ${name}`);
    if (host.frozen) throw unavailable(`${name} is frozen`, `lab/lab thaw ${name}`);
    return enter(host.process.pid, argv, options);
  }

  /** Power loss: no packet leaves any more, then everything in the host dies at once. */
  powerOff(name: string): Promise<void> {
    return this.#change(async (state, switchPid) => {
      const { plan, host } = find(state, name);
      if (!host.process || !isOn(host))
        throw unavailable(`${name} is already off`, `lab/lab power-on ${name}`);
      await switchOff(plan, switchPid, host.process);
      state.hosts[name] = { process: undefined, frozen: false, cut: host.cut };
    });
  }

  /** Power is back: the disk is as it was, /run and /tmp are empty, enabled services start. */
  powerOn(name: string): Promise<void> {
    return this.#change(async (state, switchPid) => {
      const { plan, host } = find(state, name);
      if (isOn(host)) throw unavailable(`${name} is already on`, `lab/lab power-off ${name}`);
      await switchOn(this.stateDir, plan, switchPid, { cut: host.cut, split: state.split }, (process) => {
        state.hosts[name] = { process, frozen: false, cut: host.cut };
        writeState(this.stateDir, state);
      });
    });
  }

  /** Pulls the cable of eth0 at the switch: the host loses its carrier. */
  cut(name: string): Promise<void> {
    return this.#setCut(name, true);
  }

  mend(name: string): Promise<void> {
    return this.#setCut(name, false);
  }

  /** No frame passes between the two nodes, on any network; everybody else reaches both. */
  split(): Promise<void> {
    return this.#setSplit(true);
  }

  heal(): Promise<void> {
    return this.#setSplit(false);
  }

  /** Stops every process of a host at once; its kernel keeps answering. */
  freeze(name: string): Promise<void> {
    return this.#change(async (state) => {
      const host = running(state, name);
      await freezeProcesses(host.process.pid);
      host.frozen = true;
    });
  }

  thaw(name: string): Promise<void> {
    return this.#change(async (state) => {
      const host = running(state, name);
      host.frozen = false;
      thawProcesses(host.process.pid);
    });
  }

  /** Removes the lab: processes, namespaces, disks. */
  down(): Promise<void> {
    return Lab.remove(this.stateDir);
  }

  #state(): LabState {
    const state = readState(this.stateDir);
    if (!state) throw unavailable(`There is no lab in ${this.stateDir}`, 'lab/lab up');
    return state;
  }

  #change(action: (state: LabState, switchPid: number) => Promise<void>): Promise<void> {
    return withLock(this.stateDir, lockWaitMs, async () => {
      const state = this.#state();
      if (!state.switch) throw unavailable('The lab is not up', 'lab/lab up');
      await action(state, state.switch.pid);
      writeState(this.stateDir, state);
    });
  }

  #setCut(name: string, cut: boolean): Promise<void> {
    return this.#change(async (state, switchPid) => {
      const { plan, host } = find(state, name);
      if (isOn(host)) await setPorts(switchPid, plan.cables.slice(0, 1), !cut);
      host.cut = cut;
    });
  }

  #setSplit(split: boolean): Promise<void> {
    return this.#change(async (state, switchPid) => {
      const nodes = nodeNames.map((name) => find(state, name)).filter(({ host }) => isOn(host));
      const cables = nodes.flatMap(({ plan }) => plan.cables);
      if (cables.length > 0) await setIsolated(switchPid, cables, split);
      state.split = split;
    });
  }
}

function stateDirectory(given: string = defaultStateDirectory): string {
  const directory = resolve(given);
  // The path becomes part of mount options, where these characters separate.
  if (/[:,\\\s]/.test(directory)) {
    throw new LabError(
      exitCodes.usage,
      `The state directory ${directory} must have no space, colon, comma or backslash in its name`,
      'choose another --state DIR',
    );
  }
  return directory;
}

function unavailable(message: string, hint: string): LabError {
  return new LabError(exitCodes.unavailable, message, hint);
}

function find(state: LabState, name: string): { readonly plan: HostPlan; readonly host: HostState } {
  const plans = planHosts(state.clients);
  const plan = plans.find((candidate) => candidate.name === name);
  const host = state.hosts[name];
  if (plan && host) return { plan, host };
  const names = plans.map((candidate) => candidate.name).join(', ');
  throw new LabError(exitCodes.usage, `There is no host ${name}`, `hosts are ${names}`);
}

function running(state: LabState, name: string): HostState & { process: NonNullable<HostState['process']> } {
  const { host } = find(state, name);
  const { process } = host;
  if (!process || !isOn(host)) throw unavailable(`${name} is switched off`, `lab/lab power-on ${name}`);
  return host as HostState & { process: NonNullable<HostState['process']> };
}
