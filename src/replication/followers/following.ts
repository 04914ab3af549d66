import type { TandemError } from '../../core/errors.ts';
import { backoffMs } from '../../core/replication/backoff.ts';
import { type Clock, systemClock } from '../clock.ts';
import { linkError, toTandemError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Receiver } from '../receiver/receiver.ts';
import type { Connect } from '../sender/link.ts';

interface FollowingOptions {
  readonly receiver: Receiver;
  readonly connect: Connect;
  readonly log: Log;
  readonly clock?: Clock;
}

interface Trouble {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

/** On a follower: stays connected to whoever answers at the source's address, and takes what comes. */
export class FollowingLink {
  readonly #options: FollowingOptions;
  readonly #clock: Clock;
  #stopped = false;
  #failures = 0;
  #wake = (): void => {};
  #close = (): void => {};
  #lastError: Trouble | undefined;

  constructor(options: FollowingOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  /** Why it is not connected; undefined while it follows. */
  get lastError(): Trouble | undefined {
    return this.#lastError;
  }

  async start(): Promise<void> {
    await this.#options.receiver.open();
    void this.#stayConnected();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake();
    this.#close();
    await this.#options.receiver.close();
  }

  async #stayConnected(): Promise<void> {
    while (!this.#stopped) {
      const error = await this.#connectOnce().catch(toTandemError);
      if (this.#stopped) return;
      const { code, message, hint } = error;
      if (this.#lastError?.message !== message)
        this.#options.log.warn({ code, hint }, `link to the source: ${message}`);
      this.#lastError = { code, message, hint };
      await this.#pause(backoffMs(++this.#failures, code));
    }
  }

  /** Resolves with why it ended. */
  async #connectOnce(): Promise<TandemError> {
    const link = await this.#options.connect();
    this.#close = () => link.close();
    if (this.#stopped) link.close();
    const { receiver } = this.#options;
    const watching = setInterval(() => {
      if (receiver.status.state !== 'tail') return;
      this.#failures = 0;
      this.#lastError = undefined;
    }, 200);
    try {
      await receiver.accept(link.stream);
      const said = receiver.status.lastError;
      return link.reason() ?? linkError('closed', said?.message ?? 'the link was closed');
    } finally {
      clearInterval(watching);
      link.close();
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#clock.after(ms, () => this.#wake());
      this.#wake = () => {
        this.#wake = () => {};
        cancel();
        resolve();
      };
    });
  }
}
