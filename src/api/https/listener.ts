import type { Server as HttpsServer } from 'node:https';
import type { Server } from 'node:net';
import type { Logger } from 'pino';
import type { Privileged } from '../../privileged/privileged.ts';

const retryMs = 5_000;

/**
 * The addresses on which the pages answer. The supervisor opens the ports, most of which are below 1024, and hands them
 * over; one that cannot be opened is tried again and does not keep the others from answering.
 */
export class Listeners {
  readonly #https: HttpsServer;
  readonly #privileged: Privileged;
  readonly #log: Logger;
  readonly #open = new Map<string, Server | undefined>();
  #wanted: readonly string[] = [];
  #port = 0;
  #retry: NodeJS.Timeout | undefined;
  #following: Promise<void> = Promise.resolve();

  constructor(https: HttpsServer, privileged: Privileged, log: Logger) {
    this.#https = https;
    this.#privileged = privileged;
    this.#log = log;
  }

  /** Opens what is missing and closes what is not wanted any more; resolves when that is done. */
  follow(addresses: readonly string[], port: number): Promise<void> {
    this.#following = this.#following.then(() => this.#follow(addresses, port));
    return this.#following;
  }

  close(): void {
    clearTimeout(this.#retry);
    for (const server of this.#open.values()) server?.close();
    this.#open.clear();
  }

  async #follow(addresses: readonly string[], port: number): Promise<void> {
    clearTimeout(this.#retry);
    this.#wanted = addresses;
    this.#port = port;
    const wanted = new Set(addresses.map((address) => `${address} ${port}`));
    for (const [key, server] of this.#open) {
      if (wanted.has(key)) continue;
      server?.close();
      this.#open.delete(key);
    }
    let failed = false;
    for (const address of addresses) {
      const key = `${address} ${port}`;
      if (this.#open.has(key)) continue;
      try {
        const server = await this.#privileged.listen({ address, port });
        server.on('connection', (socket) => this.#https.emit('connection', socket));
        this.#open.set(key, server);
        this.#log.info({ address, port }, 'the pages answer');
      } catch (error) {
        failed = true;
        this.#log.error(
          { err: error, address, port, retryMs },
          'the pages cannot answer there; trying again',
        );
      }
    }
    if (failed) this.#retry = setTimeout(() => void this.follow(this.#wanted, this.#port), retryMs);
  }
}
