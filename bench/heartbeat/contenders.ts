import { Keepalived } from '../../tests/integration/heartbeat/keepalived.ts';
import { HeartbeatNode } from '../../tests/integration/heartbeat/node.ts';
import { Ucarp } from '../../tests/integration/heartbeat/ucarp.ts';
import { type Network, until } from '../../tests/integration/network.ts';

/** One program on one host. */
export interface Contender {
  start(): Promise<void>;
  /** It knows that it is standby. */
  listens(): Promise<void>;
  signal(name: NodeJS.Signals): void;
  losePower(): Promise<void>;
  /** Its first process; the others descend from it. */
  readonly pid: number | undefined;
}

export const CONTENDERS = ['tandem', 'keepalived', 'ucarp'] as const;
export type ContenderName = (typeof CONTENDERS)[number];

export const BOUND_MS = 30_000;
const PRIORITIES = [150, 100];
const ADDRESSES = ['10.99.0.1', '10.99.0.2'];
const SKEWS = [0, 100];

/** `rank` 0 is the one that shall be active first. ucarp has whole seconds only. */
export function contender(
  name: ContenderName,
  network: Network,
  host: string,
  rank: 0 | 1,
  intervalMs: number,
): Contender {
  const priority = PRIORITIES[rank] ?? 100;
  switch (name) {
    case 'tandem': {
      const node = new HeartbeatNode(network, host, {
        priority,
        advertisementIntervalMs: intervalMs,
        pair: true,
      });
      return {
        start: async () => {
          await node.start();
        },
        listens: () =>
          until(async () => (await node.status()).peers.length > 0, BOUND_MS, `${host} hears the other`),
        signal: (signal) => node.child?.kill(signal),
        losePower: () => node.losePower(),
        get pid() {
          return node.child?.pid;
        },
      };
    }
    case 'keepalived': {
      const keepalived = new Keepalived(network, host);
      return {
        start: async () => keepalived.start({ priority, intervalMs }),
        listens: () =>
          until(() => keepalived.log.includes('Entering BACKUP STATE'), BOUND_MS, `${host} is backup`),
        signal: (signal) => keepalived.signal(signal),
        losePower: () => keepalived.losePower(),
        get pid() {
          return keepalived.pid;
        },
      };
    }
    case 'ucarp': {
      const ucarp = new Ucarp(network, host);
      return {
        start: async () =>
          ucarp.start({ source: ADDRESSES[rank] ?? '', advskew: SKEWS[rank] ?? 0, neutral: true }),
        // It says nothing when it hears the master: one interval and some.
        listens: () => new Promise((resolve) => setTimeout(resolve, 1500)),
        signal: (signal) => ucarp.signal(signal),
        losePower: () => ucarp.losePower(),
        get pid() {
          return ucarp.pid;
        },
      };
    }
  }
}
