import { type ChildProcess, spawn } from 'node:child_process';
import type { Config, HooksConfig } from './config/schema.ts';
import type { Transition } from './history.ts';
import type { Logger } from './log.ts';

/** A hook that runs for longer is told to end, and a little later made to. */
const LONGEST_RUN_MS = 30_000;
const KILL_AFTER_MS = 5_000;
/** Changes that wait while a hook runs; of more, the oldest are left out. */
const MOST_WAITING = 16;
const NONE: HooksConfig = { active: [], standby: [], fault: [] };

/** How the hooks did, as the status shows it. */
export interface HooksStatus {
  readonly running: string | null;
  readonly waiting: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Runs the configured programs after changes of state: in order, one at a time, never waited for by anything else. */
export class Hooks {
  readonly #log: Logger;
  #config: Config;
  #waiting: Transition[] = [];
  #running: { readonly name: string; readonly child: ChildProcess } | undefined;
  #failed = 0;
  #skipped = 0;

  constructor(config: Config, log: Logger) {
    this.#config = config;
    this.#log = log;
  }

  get status(): HooksStatus {
    return {
      running: this.#running?.name ?? null,
      waiting: this.#waiting.length,
      failed: this.#failed,
      skipped: this.#skipped,
    };
  }

  reconfigure(config: Config): void {
    this.#config = config;
  }

  run(transition: Transition): void {
    if (this.#program(transition).length === 0) return;
    this.#waiting.push(transition);
    if (this.#waiting.length > MOST_WAITING) {
      this.#waiting.shift();
      this.#skipped += 1;
    }
    this.#next();
  }

  /** The process ends: what says how it ended does not wait for the hook that still runs. */
  finish(): void {
    const last = this.#waiting.at(-1);
    if (last === undefined) return;
    this.#skipped += this.#waiting.length - 1;
    this.#waiting = [last];
    this.#running = undefined;
    this.#next();
  }

  /** A node that stops is on standby as far as anybody outside is concerned. */
  #program({ from, to }: Transition): readonly string[] {
    const hooks = this.#config.hooks ?? NONE;
    if (to === 'init') return from === 'active' ? hooks.standby : [];
    return hooks[to];
  }

  #next(): void {
    if (this.#running !== undefined) return;
    const transition = this.#waiting.shift();
    if (transition === undefined) return;
    const [program, ...words] = this.#program(transition);
    if (program === undefined) {
      this.#next();
      return;
    }
    const name = `${transition.to} hook ${program}`;
    const child = spawn(program, words, {
      // A group of its own, so that what it starts ends with it.
      detached: true,
      stdio: 'ignore',
      cwd: '/',
      env: this.#environment(transition),
    });
    this.#running = { name, child };
    const limits = [
      setTimeout(() => this.#end(child, name, 'SIGTERM'), LONGEST_RUN_MS),
      setTimeout(() => this.#end(child, name, 'SIGKILL'), LONGEST_RUN_MS + KILL_AFTER_MS),
    ];
    // Nothing keeps the process alive for it: who stops does not wait for a hook.
    for (const limit of limits) limit.unref();
    child.unref();
    const done = (problem: string | undefined): void => {
      if (this.#running?.child !== child) return;
      for (const limit of limits) clearTimeout(limit);
      this.#running = undefined;
      if (problem !== undefined) {
        this.#failed += 1;
        this.#log.warn({ event: 'hook-failed' }, `The ${name} failed: ${problem}.`);
      }
      this.#next();
    };
    child.once('error', (error) => done(error.message));
    child.once('exit', (code, signal) =>
      done(code === 0 ? undefined : `it ended with ${signal ?? `code ${code}`}`),
    );
  }

  #environment({ from, to, cause }: Transition): Record<string, string> {
    return {
      PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      TANDEM_STATE: to,
      TANDEM_FROM: from,
      TANDEM_CAUSE: cause,
      TANDEM_INTERFACE: this.#config.interface,
      TANDEM_VHID: String(this.#config.vhid),
      TANDEM_ADDRESSES: this.#config.virtualAddresses.join(' '),
    };
  }

  #end(child: ChildProcess, name: string, signal: NodeJS.Signals): void {
    this.#log.warn({ event: 'hook-slow', signal }, `The ${name} runs for too long; it gets ${signal}.`);
    try {
      if (child.pid !== undefined) process.kill(-child.pid, signal);
    } catch {
      // It ended by itself meanwhile.
    }
  }
}
