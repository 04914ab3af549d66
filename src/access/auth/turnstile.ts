/** Lets a bounded number of tasks run at once and a bounded number wait; whoever comes beyond that is turned away. */
export class Turnstile {
  readonly #concurrency: number;
  readonly #queueLimit: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(limits: { readonly concurrency: number; readonly queueLimit: number }) {
    this.#concurrency = limits.concurrency;
    this.#queueLimit = limits.queueLimit;
  }

  /** The task's result, or undefined at once when too many wait already. */
  async pass<Result>(task: () => Promise<Result>): Promise<Result | undefined> {
    if (this.#running >= this.#concurrency) {
      if (this.#waiting.length >= this.#queueLimit) return undefined;
      // Whoever leaves hands its place over, so `#running` stays as it is.
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else {
      this.#running += 1;
    }
    try {
      return await task();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }
}
