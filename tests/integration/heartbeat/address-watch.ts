import type { ChildProcess } from 'node:child_process';
import { type Host, until } from '../network.ts';

interface Event {
  readonly atMs: number;
  readonly added: boolean;
}

/** Watches one address on one host with the kernel's own time stamps (`ip monitor`). */
export class AddressWatch {
  readonly #events: Event[] = [];
  readonly #process: ChildProcess;
  #text = '';
  #known = false;
  #held: boolean;

  private constructor(host: Host, address: string, held: boolean) {
    this.#held = held;
    this.#process = host.start('ip', '-tshort', '-oneline', 'monitor', 'address');
    this.#process.stdout?.on('data', (chunk: Buffer) => {
      const lines = (this.#text + chunk.toString()).split('\n');
      this.#text = lines.pop() ?? '';
      for (const line of lines) this.#read(line, address);
    });
  }

  /** Returns when it watches for certain. */
  static async start(host: Host, address: string): Promise<AddressWatch> {
    const watch = new AddressWatch(host, address, await host.holds(address));
    let tries = 0;
    await until(
      async () => {
        // A change that it must see: an address of no use, on the loopback interface of the namespace.
        tries += 1;
        await host.run('ip', 'address', 'add', `127.0.99.${tries % 250}/32`, 'dev', 'lo');
        return watch.#known;
      },
      5000,
      `ip monitor runs on ${host.name}`,
    );
    return watch;
  }

  /** Time of day in milliseconds of the first addition (or removal) at or after `sinceMs`. */
  async next(change: 'added' | 'removed', sinceMs: number, boundMs: number): Promise<number> {
    const find = (): Event | undefined =>
      this.#events.find((event) => event.atMs >= sinceMs && event.added === (change === 'added'));
    await until(() => find() !== undefined, boundMs, `the address is ${change}`);
    return find()?.atMs ?? Number.NaN;
  }

  /** How often it was added at or after `sinceMs`. */
  additions(sinceMs: number): number {
    return this.#events.filter(({ atMs, added }) => added && atMs >= sinceMs).length;
  }

  #read(line: string, address: string): void {
    this.#known = true;
    const stamp = /\[(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.(\d+)\]/.exec(line);
    if (stamp === null || !line.includes(` ${address} `)) return;
    const atMs = new Date(stamp[1] ?? '').getTime() + Number(`0.${stamp[2]}`) * 1000;
    const added = !line.includes('Deleted');
    // Renewals are announced like additions; only changes count.
    if (this.#held !== added) this.#events.push({ atMs, added });
    this.#held = added;
  }
}
