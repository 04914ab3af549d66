import type { ChildProcess } from 'node:child_process';
import type { Host } from '../../tests/integration/network.ts';

/** Asks the address every 2 ms and keeps when answers came. */
export class Reachability {
  readonly #child: ChildProcess;
  readonly #answers: number[] = [];
  #text = '';

  constructor(host: Host, address: string) {
    this.#child = host.start('ping', '-n', '-D', '-i', '0.002', address);
    this.#child.stdout?.on('data', (chunk: Buffer) => {
      const lines = (this.#text + chunk.toString()).split('\n');
      this.#text = lines.pop() ?? '';
      for (const line of lines) {
        const stamp = /^\[(\d+\.\d+)\].*time=/.exec(line)?.[1];
        if (stamp !== undefined) this.#answers.push(Number(stamp) * 1000);
      }
    });
  }

  /** Time of day of the last answer; undefined before the first. */
  get lastAnswerMs(): number | undefined {
    return this.#answers.at(-1);
  }

  /** The longest silence that ended at or after `sinceMs`. */
  longestSilenceMs(sinceMs: number): number {
    let longest = 0;
    for (let index = 1; index < this.#answers.length; index += 1) {
      const [before = 0, at = 0] = this.#answers.slice(index - 1, index + 1);
      if (at >= sinceMs) longest = Math.max(longest, at - before);
    }
    return longest;
  }

  stop(): void {
    this.#child.kill('SIGINT');
  }
}
