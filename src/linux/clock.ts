import { type Instant, instant } from '../core/time/instant.ts';
import { must } from './libc.ts';

/** Counts on while the machine is suspended, unlike CLOCK_MONOTONIC, so that a node notices that it slept. */
export const CLOCK_BOOTTIME = 7;

const buffer = new Uint8Array(16);
const view = new DataView(buffer.buffer);

export function now(): Instant {
  must('clock_gettime', 'read the clock', CLOCK_BOOTTIME, buffer);
  return instant(Number(view.getBigInt64(0, true)) * 1_000_000 + Number(view.getBigInt64(8, true)) / 1000);
}
