const sampleEveryMs = 60_000;
/** A day. */
const mostSamples = 1_440;

/** How many clients were connected over the last day, once a minute, as this node saw it; in memory. */
export class ClientCurve {
  readonly #count: () => number;
  readonly #now: () => number;
  #samples: { readonly at: number; readonly clients: number }[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(count: () => number, now: () => number) {
    this.#count = count;
    this.#now = now;
  }

  start(): void {
    this.#sample();
    this.#timer = setInterval(() => this.#sample(), sampleEveryMs).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Oldest first, and at the end what it is now. Times are milliseconds since 1970. */
  get samples(): readonly { readonly at: number; readonly clients: number }[] {
    return [...this.#samples, { at: this.#now(), clients: this.#count() }];
  }

  #sample(): void {
    this.#samples.push({ at: this.#now(), clients: this.#count() });
    if (this.#samples.length > mostSamples) this.#samples.shift();
  }
}
