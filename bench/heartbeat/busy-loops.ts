import { type ChildProcess, spawn } from 'node:child_process';

/** Programs that do nothing but use the processor. They end by themselves shortly after their time. */
export class BusyLoops {
  readonly #children: readonly ChildProcess[];

  constructor(count: number, forSeconds: number) {
    const script = `end=$((SECONDS + ${Math.ceil(forSeconds) + 5})); while ((SECONDS < end)); do :; done`;
    this.#children = Array.from({ length: count }, () => spawn('bash', ['-c', script], { stdio: 'ignore' }));
  }

  async end(): Promise<void> {
    await Promise.all(
      this.#children.map(async (child) => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
        child.kill('SIGKILL');
        await exited;
      }),
    );
  }
}
