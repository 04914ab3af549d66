import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { VIRTUAL } from '../../tests/integration/heartbeat/node.ts';
import { type Host, until } from '../../tests/integration/network.ts';
import { BOUND_MS, type ContenderName } from './contenders.ts';
import { ADDRESS, begin, sleep } from './duel.ts';

/** How long it is watched after the lease: time for a hundred answers of each owner. */
const WATCHED_MS = 1000;

/** How many machines answer for the address when the active daemon was killed or frozen and its cable is in place. */
export async function owners(
  name: ContenderName,
  event: 'kill' | 'freeze',
  intervalMs: number,
): Promise<number> {
  await using duel = await begin(name, intervalMs);
  const probe = new OwnerProbe(duel.client);
  await until(() => probe.since(0).size === 1, BOUND_MS, 'the address answers');
  await sleep(Math.random() * intervalMs);
  const at = Date.now();
  duel.active.signal(event === 'kill' ? 'SIGKILL' : 'SIGSTOP');
  await until(() => duel.second.holds(VIRTUAL), BOUND_MS, `the other ${name} is active`);
  // Our lease: 1 s up to 100 ms and 2 s at 1 s; from the last renewal, which was before the event.
  const leaseMs = intervalMs >= 1000 ? 2000 : 1000;
  await sleep(Math.max(100, at + leaseMs + 200 - Date.now()));
  const from = Date.now();
  await sleep(WATCHED_MS);
  probe.stop();
  return probe.since(from).size;
}

/** Asks the LAN by broadcast ARP, again and again, who has the address. */
class OwnerProbe {
  readonly #child: ChildProcess;
  readonly #answers: { readonly atMs: number; readonly mac: string }[] = [];

  constructor(host: Host) {
    this.#child = host.start('stdbuf', '-oL', 'arping', '-i', 'eth0', '-W', '0.01', ADDRESS);
    this.#child.stderr?.resume();
    if (this.#child.stdout === null) return;
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      const mac = /bytes from ([0-9a-f:]{17}) /.exec(line)?.[1];
      if (mac !== undefined) this.#answers.push({ atMs: Date.now(), mac });
    });
  }

  /** The hardware addresses that answered from then on. */
  since(fromMs: number): ReadonlySet<string> {
    return new Set(this.#answers.filter(({ atMs }) => atMs >= fromMs).map(({ mac }) => mac));
  }

  stop(): void {
    this.#child.kill('SIGINT');
  }
}
