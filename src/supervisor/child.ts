import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import type { Logger } from 'pino';

const firstRestartDelayMs = 100;
const longestRestartDelayMs = 5_000;
/** A child that ran this long is considered well; its next failure is restarted without delay again. */
const healthyAfterMs = 10_000;
const killAfterMs = 5_000;

export interface ChildPlan {
  readonly name: string;
  readonly program: string;
  readonly arguments: readonly string[];
  readonly options: SpawnOptions;
  /** Runs synchronously the moment the child is gone, before anything else happens, whatever the reason. */
  readonly onGone?: () => void;
  /** Runs after every start, with the running process. */
  readonly onStart?: (child: ChildProcess) => void;
}

/** How a child ended: `forced` says that SIGTERM was not enough. */
export interface ChildEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly forced: boolean;
}

/** One child process that is kept running until `stop`: restarted with a growing, bounded delay when it ends by itself. */
export class Child {
  readonly #plan: ChildPlan;
  readonly #log: Logger;
  #process: ChildProcess | undefined;
  #ended: Promise<ChildEnd> | undefined;
  #stopping = false;
  #restartDelayMs = firstRestartDelayMs;
  #restartTimer: NodeJS.Timeout | undefined;

  constructor(plan: ChildPlan, log: Logger) {
    this.#plan = plan;
    this.#log = log.child({ child: plan.name });
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  start(): void {
    const startedAt = performance.now();
    const child = spawn(this.#plan.program, [...this.#plan.arguments], this.#plan.options);
    this.#process = child;
    this.#ended = new Promise((resolve) => {
      let settled = false;
      const settle = (code: number | null, signal: NodeJS.Signals | null): void => {
        if (settled) return;
        settled = true;
        this.#process = undefined;
        this.#plan.onGone?.();
        resolve({ code, signal, forced: false });
        this.#afterEnd(code, signal, performance.now() - startedAt);
      };
      child.once('exit', settle);
      child.once('error', (error) => {
        this.#log.error({ err: error }, `cannot run ${this.#plan.program}`);
        settle(null, null);
      });
    });
    if (child.pid === undefined) return;
    this.#log.info({ pid: child.pid }, 'started');
    this.#plan.onStart?.(child);
  }

  signal(signal: NodeJS.Signals): void {
    this.#process?.kill(signal);
  }

  /** Ends the child and keeps it down: SIGTERM, and after five seconds SIGKILL. */
  async stop(): Promise<ChildEnd | undefined> {
    this.#stopping = true;
    clearTimeout(this.#restartTimer);
    const { end } = await this.#terminate();
    return end;
  }

  /** Ends the child; it comes back at once, as after a crash but without the delay. */
  async restart(): Promise<void> {
    this.#restartDelayMs = 0;
    await this.#terminate();
  }

  async #terminate(): Promise<{ end: ChildEnd | undefined }> {
    const child = this.#process;
    const ended = this.#ended;
    if (child === undefined || ended === undefined) return { end: undefined };
    let forced = false;
    child.kill('SIGTERM');
    const timer = setTimeout(() => {
      forced = true;
      child.kill('SIGKILL');
    }, killAfterMs);
    const end = await ended;
    clearTimeout(timer);
    if (forced) this.#log.warn('did not end after SIGTERM and was killed');
    return { end: { ...end, forced } };
  }

  #afterEnd(code: number | null, signal: NodeJS.Signals | null, ranMs: number): void {
    if (this.#stopping) return;
    if (ranMs > healthyAfterMs && this.#restartDelayMs !== 0) this.#restartDelayMs = firstRestartDelayMs;
    this.#log.warn({ code, signal, restartInMs: this.#restartDelayMs }, 'ended by itself; starting it again');
    this.#restartTimer = setTimeout(() => this.start(), this.#restartDelayMs);
    this.#restartDelayMs = Math.min(
      longestRestartDelayMs,
      Math.max(firstRestartDelayMs, this.#restartDelayMs * 2),
    );
  }
}
