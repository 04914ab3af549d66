import { covers, type Position } from '../../core/replication/position.ts';
import type { Clock } from '../clock.ts';

/** Writers that wait until the standby has their change. One acknowledgement serves all that it covers. */
export class Waiters {
  readonly #clock: Clock;
  readonly #waiting = new Set<{ readonly position: Position; readonly answer: (covered: boolean) => void }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get count(): number {
    return this.#waiting.size;
  }

  /** True once `position` is acknowledged, false after `timeoutMs` or when nobody can say so any more. */
  wait(position: Position, timeoutMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const waiter = {
        position,
        answer: (covered: boolean): void => {
          cancel();
          this.#waiting.delete(waiter);
          resolve(covered);
        },
      };
      const cancel = this.#clock.after(timeoutMs, () => waiter.answer(false));
      this.#waiting.add(waiter);
    });
  }

  acknowledged(position: Position): void {
    for (const waiter of [...this.#waiting]) if (covers(position, waiter.position)) waiter.answer(true);
  }

  giveUp(): void {
    for (const waiter of [...this.#waiting]) waiter.answer(false);
  }
}
