import {
  endpointName,
  type FactTable,
  nextNotice,
  type SessionFact,
  type SessionNotice,
} from '../core/recall/session-fact.ts';

const lookMs = 200;

/** Keeps the other node's knowledge of who is connected equal to ours, over a link that nobody waits for. */
export class SessionFeed {
  readonly #current: () => FactTable;
  readonly #tell: (notice: SessionNotice) => boolean;
  readonly #mostPerNotice: number;
  #timer: NodeJS.Timeout | undefined;
  /** Undefined while the other node knows nothing of this connection. */
  #told: FactTable | undefined;

  /** @param tell false when the link takes nothing now; it is tried again */
  constructor(current: () => FactTable, tell: (notice: SessionNotice) => boolean, mostPerNotice: number) {
    this.#current = current;
    this.#tell = tell;
    this.#mostPerNotice = mostPerNotice;
  }

  /** The other node listens: it is told everything once, and from then on what changes. */
  start(): void {
    this.#timer ??= setInterval(() => this.pump(), lookMs).unref();
    this.pump();
  }

  /** The connection is over, and with it what was told. */
  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#told = undefined;
  }

  /** Tells what is new now. */
  pump(): void {
    if (this.#timer === undefined) return;
    const current = this.#current();
    for (;;) {
      const next = nextNotice(this.#told, current, this.#mostPerNotice);
      if (next === undefined || !this.#tell(next.notice)) return;
      this.#told = next.told;
    }
  }

  /** Whether the other node was told of this client, with what it needs to bring it back. */
  hasTold(fact: SessionFact): boolean {
    const told = this.#told?.get(endpointName(fact));
    return told?.commonName === fact.commonName && told.version === fact.version;
  }
}
