import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { childrenOf, signal } from './processes.ts';
import { hostEnvironment } from './surroundings.ts';

export interface EnterOptions {
  /** Added to the host's own environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Directory in the host; `/` without it. */
  readonly cwd?: string;
  readonly stdio?: SpawnOptions['stdio'];
  readonly detached?: boolean;
}

/**
 * Starts a program inside a host, as one of the host's own processes: it dies with the host. The child that
 * Node knows is `nsenter`, which waits for the program outside; signals sent with `kill` go to the program.
 */
export function enter(pid: number, argv: readonly string[], options: EnterOptions = {}): ChildProcess {
  const { env, cwd, stdio = 'pipe', detached = false } = options;
  const directory = cwd === undefined ? [] : ['env', '-C', cwd, '--'];
  const namespaces = ['--target', String(pid), '--mount', '--uts', '--ipc', '--net', '--pid'];
  const child = spawn('nsenter', [...namespaces, '--', ...directory, ...argv], {
    cwd: '/',
    detached,
    env: { ...hostEnvironment, ...env },
    stdio,
  });
  const killOuter = child.kill.bind(child);
  child.kill = (name = 'SIGTERM') => {
    const outer = child.pid;
    if (outer === undefined || child.exitCode !== null || child.signalCode !== null) return false;
    const inner = childrenOf(outer);
    if (inner.length === 0) return killOuter(name);
    return inner.map((each) => signal(each, name)).includes(true);
  };
  return child;
}
