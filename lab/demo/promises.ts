/** One thing the product promises, with what was measured. */
export interface Promised {
  readonly what: string;
  readonly kept: boolean;
  readonly measured: string;
}

/** Collects promises as the story goes; none is taken back. */
export class Promises {
  readonly all: Promised[] = [];
  readonly #onPromise: (promised: Promised) => void;

  constructor(onPromise: (promised: Promised) => void) {
    this.#onPromise = onPromise;
  }

  check(what: string, kept: boolean, measured: string): void {
    const promised = { what, kept, measured };
    this.all.push(promised);
    this.#onPromise(promised);
  }

  get broken(): readonly Promised[] {
    return this.all.filter((promised) => !promised.kept);
  }
}
