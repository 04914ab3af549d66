import type { Instant } from '../core/time/instant.ts';
import { CLOCK_BOOTTIME } from './clock.ts';
import { calls, must } from './libc.ts';

const TFD_NONBLOCK = 0o4000;
const TFD_CLOEXEC = 0o2000000;
const TFD_TIMER_ABSTIME = 1;

/** One kernel timer on the boot clock, exact to microseconds where Node's own are to milliseconds. */
export class Timer {
  readonly fd: number;
  readonly #setting = new Uint8Array(32);
  readonly #expirations = new Uint8Array(8);

  constructor() {
    this.fd = must('timerfd_create', 'create a timer', CLOCK_BOOTTIME, TFD_NONBLOCK | TFD_CLOEXEC);
  }

  /** Makes `fd` readable at `due`, at once when that has passed; never when it is undefined. */
  arm(due: Instant | undefined): void {
    // All zeros would disarm, hence at least one nanosecond.
    const nanoseconds = due === undefined ? 0n : BigInt(Math.max(1, Math.ceil(due * 1000)));
    const view = new DataView(this.#setting.buffer);
    view.setBigInt64(16, nanoseconds / 1_000_000_000n, true);
    view.setBigInt64(24, nanoseconds % 1_000_000_000n, true);
    must('timerfd_settime', 'set a timer', this.fd, TFD_TIMER_ABSTIME, this.#setting, null);
  }

  /** Makes `fd` unreadable again after it expired. */
  acknowledge(): void {
    calls.read(this.fd, this.#expirations, this.#expirations.length);
  }

  close(): void {
    calls.close(this.fd);
  }
}
