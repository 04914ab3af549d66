import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { exitCodes, LabError } from './errors.ts';
import { firstLine } from './output.ts';
import { identify, type ProcessIdentity } from './processes.ts';
import { run } from './program.ts';
import { checkout, marker } from './surroundings.ts';
import { type HostPlan, hostsFile } from './topology.ts';

/** Where a host's disk, seed and console log lie. */
function hostDirectory(stateDirectory: string, name: string): string {
  return `${stateDirectory}/hosts/${name}`;
}

/** Makes the disk of a host that never ran. */
export async function installDisk(
  stateDirectory: string,
  plan: HostPlan,
  hosts: readonly HostPlan[],
): Promise<void> {
  const directory = hostDirectory(stateDirectory, plan.name);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const hidden = stateDirectory.startsWith('/var/') ? [stateDirectory.slice(1)] : [];
  await run(`${checkout}/lab/machine/install`, [directory, ...hidden]);
  writeFileSync(`${directory}/layers/etc/upper/hosts`, hostsFile(hosts));
}

/** A host whose process 1 runs and waits for its cables. */
export interface Booting {
  readonly process: ProcessIdentity;
  /** The cables are in: go on. Resolves when the enabled services are started. */
  finish(): Promise<void>;
}

function release(child: ChildProcess): void {
  child.stdin?.destroy();
  child.stdout?.destroy();
  child.unref();
}

/** Switches a host on as far as its process 1. */
export async function boot(stateDirectory: string, plan: HostPlan): Promise<Booting> {
  const directory = hostDirectory(stateDirectory, plan.name);
  const consoleLog = `${directory}/console.log`;
  const log = openSync(consoleLog, 'a', 0o600);
  const namespaces = ['--mount', '--uts', '--ipc', '--net', '--pid', '--fork'];
  const program = [`${checkout}/lab/machine/boot`, directory, checkout, plan.name, plan.kind];
  const child = spawn('unshare', [...namespaces, '--', ...program], {
    cwd: '/',
    detached: true,
    env: { ...marker(stateDirectory), PATH: process.env['PATH'] },
    stdio: ['pipe', 'pipe', log],
  });
  closeSync(log);
  const explained = (error: unknown): LabError => {
    const last = readFileSync(consoleLog, 'utf8').trim().split('\n').slice(-2).join('; ');
    return new LabError(
      exitCodes.internal,
      `${plan.name} does not start: ${last}`,
      `see ${consoleLog}`,
      error,
    );
  };
  // Both lines are listened for from the start: the second may come with the first.
  const up = firstLine(child, 'up', plan.name);
  up.catch(() => undefined);
  const line = await firstLine(child, 'pid ', plan.name).catch((error: unknown) => {
    throw explained(error);
  });
  const identity = identify(Number(line.slice('pid '.length)));
  if (!identity) throw explained(new Error('process 1 has ended'));
  return {
    process: identity,
    async finish() {
      child.stdin?.on('error', () => undefined);
      child.stdin?.write('go\n');
      try {
        await up;
      } catch (error) {
        throw explained(error);
      }
      release(child);
    },
  };
}
