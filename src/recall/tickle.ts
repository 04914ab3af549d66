import { firstProcess, type SessionFact } from '../core/recall/session-fact.ts';
import { tickleAgainMs } from '../core/recall/tickle.ts';
import type { Privileged } from '../privileged/privileged.ts';

/** A client of these processes holds a TCP connection that this kernel does not know. */
const tcpProcess = /^tcp/;

/** Wakes clients over TCP up, so that they start over at once and not when they next have something to say. */
export class Tickle {
  readonly #privileged: Pick<Privileged, 'sendTickle'>;
  readonly #waiting = new Map<string, SessionFact>();
  #timers: NodeJS.Timeout[] = [];

  constructor(privileged: Pick<Privileged, 'sendTickle'>) {
    this.#privileged = privileged;
  }

  /** Whoever of these was connected over TCP, until each has come. */
  begin(clients: Iterable<SessionFact>): void {
    this.end();
    for (const fact of clients)
      if (tcpProcess.test(fact.process ?? firstProcess)) this.#waiting.set(fact.commonName, fact);
    if (this.#waiting.size === 0) return;
    this.#send();
    this.#timers = tickleAgainMs.map((ms) => setTimeout(() => this.#send(), ms));
  }

  came(commonName: string | undefined): void {
    if (commonName !== undefined) this.#waiting.delete(commonName);
  }

  end(): void {
    for (const timer of this.#timers.splice(0)) clearTimeout(timer);
    this.#waiting.clear();
  }

  #send(): void {
    for (const { process = firstProcess, address, port } of this.#waiting.values())
      this.#privileged.sendTickle({ name: process, address, port });
  }
}
