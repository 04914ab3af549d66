import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Lab } from '../lab.ts';

const kept = 20_000;

/**
 * Asks a target from one host at a fixed interval and remembers when answers came. By fping: ping itself spins through the last
 * 10 ms of each interval, and would take a processor from what is measured.
 */
export class PingProbe {
  readonly #child: ChildProcess;
  #answersMs: number[] = [];

  constructor(lab: Lab, host: string, target: string, intervalMs: number) {
    this.#child = lab.spawn(host, ['fping', '-l', '-D', '-i', '1', '-p', String(intervalMs), target]);
    this.#child.stderr?.resume();
    if (this.#child.stdout === null) return;
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      const stamp = /^\[(\d+\.\d+)\] \S+ : \[\d+\], \d+ bytes/.exec(line)?.[1];
      if (stamp === undefined) return;
      this.#answersMs.push(Number(stamp) * 1_000);
      if (this.#answersMs.length > kept) this.#answersMs = this.#answersMs.slice(-kept / 2);
    });
  }

  /** Wall clock of the newest answer, in milliseconds. */
  get lastAnswerMs(): number {
    return this.#answersMs.at(-1) ?? 0;
  }

  /** Answers within the last so many milliseconds. */
  answersWithin(lastMs: number): number {
    const from = Date.now() - lastMs;
    return this.#answersMs.filter((at) => at >= from).length;
  }

  /** The longest time without an answer since `sinceMs`, up to now. */
  longestGapMs(sinceMs: number): number {
    const before = this.#answersMs.findLast((at) => at < sinceMs) ?? sinceMs;
    const times = [before, ...this.#answersMs.filter((at) => at >= sinceMs), Date.now()];
    return times.slice(1).reduce((longest, at, index) => Math.max(longest, at - (times[index] ?? at)), 0);
  }

  stop(): void {
    this.#child.kill('SIGINT');
  }
}
