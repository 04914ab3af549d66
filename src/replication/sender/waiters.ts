import { covers, type Position } from '../../core/replication/position.ts';
import type { Clock } from '../clock.ts';

interface Waiter {
  readonly position: Position;
  /** Monotonic, milliseconds. */
  readonly deadline: number;
  readonly answer: (covered: boolean) => void;
}

/** Writers that wait until the standby has their change. One acknowledgement serves all that it covers, one timer all of them. */
export class Waiters {
  readonly #clock: Clock;
  readonly #waiting = new Set<Waiter>();
  #timer: { readonly due: number; readonly cancel: () => void } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get count(): number {
    return this.#waiting.size;
  }

  /** True once `position` is acknowledged, false after `timeoutMs` or when nobody can say so any more. */
  wait(position: Position, timeoutMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const deadline = this.#clock.now() + timeoutMs;
      this.#waiting.add({ position, deadline, answer: resolve });
      this.#watch(deadline);
    });
  }

  acknowledged(position: Position): void {
    this.#answer(true, (waiter) => covers(position, waiter.position));
  }

  giveUp(): void {
    this.#answer(false, () => true);
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #answer(covered: boolean, which: (waiter: Waiter) => boolean): void {
    for (const waiter of [...this.#waiting]) {
      if (!which(waiter)) continue;
      this.#waiting.delete(waiter);
      waiter.answer(covered);
    }
  }

  /** Most waiters are answered long before: the timer stays as it is, finds them gone, and is set anew for the next. */
  #watch(deadline: number): void {
    if (this.#timer !== undefined && this.#timer.due <= deadline) return;
    this.#timer?.cancel();
    const cancel = this.#clock.after(Math.max(0, deadline - this.#clock.now()), () => {
      this.#timer = undefined;
      const now = this.#clock.now();
      // A timer may come a fraction of a millisecond early.
      this.#answer(false, (waiter) => waiter.deadline <= now + 1);
      const next = Math.min(...[...this.#waiting].map((waiter) => waiter.deadline));
      if (Number.isFinite(next)) this.#watch(next);
    });
    this.#timer = { due: deadline, cancel };
  }
}
