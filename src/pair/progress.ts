import { until } from './until.ts';

/** Steps on the way to something, in their order. */
export interface ProgressView {
  readonly running: boolean;
  readonly steps: readonly Step[];
}

interface Step {
  readonly id: string;
  readonly title: string;
  readonly state: 'pending' | 'running' | 'done' | 'failed';
}

/** How far something is that takes a while, for whoever looks on. */
export class Progress {
  #steps: readonly Step[];

  constructor(steps: readonly (readonly [id: string, title: string])[]) {
    this.#steps = steps.map(([id, title]) => ({ id, title, state: 'pending' }));
  }

  get view(): ProgressView {
    const failed = this.#steps.some(({ state }) => state === 'failed');
    const ended = this.#steps.every(({ state }) => state === 'done');
    return { running: !failed && !ended, steps: this.#steps };
  }

  /** Takes one step. Throws what the action throws; the step has then failed. */
  async during<Result>(id: string, action: () => Promise<Result>): Promise<Result> {
    this.#mark(id, 'running');
    try {
      const result = await action();
      this.#mark(id, 'done');
      return result;
    } catch (error) {
      this.#mark(id, 'failed');
      throw error;
    }
  }

  /** A step that is taken when something is observed; answers whether it was within the time. */
  async until(id: string, observed: () => boolean | Promise<boolean>, timeoutMs: number): Promise<boolean> {
    this.#mark(id, 'running');
    const seen = await until(observed, timeoutMs);
    this.#mark(id, seen ? 'done' : 'failed');
    return seen;
  }

  #mark(id: string, state: Step['state']): void {
    this.#steps = this.#steps.map((step) => (step.id === id ? { ...step, state } : step));
  }
}
