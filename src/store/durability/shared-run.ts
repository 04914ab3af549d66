/**
 * One run serves everybody who asked before it began; who asks while it runs shares the next one (group commit). What was
 * asked for in one turn of the event loop is one run.
 */
export class SharedRun {
  readonly #work: () => Promise<void>;
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  constructor(work: () => Promise<void>) {
    this.#work = work;
  }

  /** Settles as the run does that begins after this call. */
  join(): Promise<void> {
    this.#next ??= this.#begin();
    return this.#next;
  }

  async #begin(): Promise<void> {
    // Whoever shared the one before was told how it ended.
    await this.#running?.catch(() => {});
    await new Promise((resolve) => setImmediate(resolve));
    this.#running = this.#next;
    this.#next = undefined;
    await this.#work();
  }
}
