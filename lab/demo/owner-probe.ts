import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Lab } from '../lab.ts';

const kept = 20_000;

interface Answer {
  readonly atMs: number;
  readonly mac: string;
}

/**
 * Asks the LAN again and again, by broadcast ARP, who has the virtual address; remembers whose hardware address answered.
 * The address may go from one node to the other; that a node answers again after another one did is two owners.
 */
export class OwnerProbe {
  readonly #child: ChildProcess;
  #answers: Answer[] = [];

  constructor(lab: Lab, host: string, address: string) {
    this.#child = lab.spawn(host, ['stdbuf', '-oL', 'arping', '-i', 'eth0', '-W', '0.05', address]);
    this.#child.stderr?.resume();
    if (this.#child.stdout === null) return;
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      const mac = /bytes from ([0-9a-f:]{17}) /.exec(line)?.[1];
      if (mac === undefined) return;
      this.#answers.push({ atMs: Date.now(), mac });
      if (this.#answers.length > kept) this.#answers = this.#answers.slice(-kept / 2);
    });
  }

  /** The owners since then, in order, each time another one answered than before. One move gives two. */
  ownersSince(sinceMs: number): string[] {
    const owners: string[] = [];
    for (const { atMs, mac } of this.#answers) if (atMs >= sinceMs && owners.at(-1) !== mac) owners.push(mac);
    return owners;
  }

  answersSince(sinceMs: number): number {
    return this.#answers.filter((answer) => answer.atMs >= sinceMs).length;
  }

  stop(): void {
    this.#child.kill('SIGINT');
  }
}
