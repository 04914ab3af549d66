import type { Privileged } from '../privileged/privileged.ts';
import type { ServerProcesses } from '../vpn/server-processes.ts';
import { RecallWatch, type WatchParts } from './watch.ts';

interface WatchesParts extends Omit<WatchParts, 'clients' | 'openvpn' | 'privileged'> {
  readonly clients: Pick<ServerProcesses, 'of'>;
  readonly privileged: Pick<Privileged, 'sendRecall' | 'onPackets'>;
  /** The processes that serve UDP over IPv4, as they are now. */
  readonly processes: () => readonly { readonly name: string; readonly port: number }[];
  readonly pingSeconds: () => number;
}

/** A watch for each server process over UDP: from its first packet that is none of its clients' on. */
export class RecallWatches {
  readonly #parts: WatchesParts;
  readonly #watches = new Map<string, RecallWatch>();

  constructor(parts: WatchesParts) {
    this.#parts = parts;
    parts.privileged.onPackets((packets) => {
      const ports = new Set(packets.map(({ serverPort }) => serverPort));
      for (const { name, port } of parts.processes()) if (ports.has(port)) this.#watchOf(name).saw(packets);
    });
  }

  stop(): void {
    for (const watch of this.#watches.values()) watch.stop();
  }

  #watchOf(name: string): RecallWatch {
    const known = this.#watches.get(name);
    if (known !== undefined) return known;
    const { clients, processes, pingSeconds, ...rest } = this.#parts;
    const openvpn = (): { name: string; port: number; pingSeconds: number } => ({
      name,
      // Zero, from which nothing comes: the process is no more.
      port: processes().find((one) => one.name === name)?.port ?? 0,
      pingSeconds: pingSeconds(),
    });
    const watch = new RecallWatch({ ...rest, clients: clients.of(name), openvpn });
    this.#watches.set(name, watch);
    return watch;
  }
}
