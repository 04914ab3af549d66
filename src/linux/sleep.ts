import { calls } from './libc.ts';

/** The thread does nothing for so many milliseconds; for a process that has nothing else to do. */
export function sleep(milliseconds: number): void {
  calls.poll(new Uint8Array(0), 0, milliseconds);
}
