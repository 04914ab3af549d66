import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until something is observed; fails with what was waited for when it is not within the time. */
export async function until(
  observed: () => boolean | Promise<boolean>,
  timeoutMs: number,
  what: string,
  everyMs = 50,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await observed())) {
    if (performance.now() > deadline) throw new Error(`waited ${timeoutMs / 1_000} s in vain for ${what}`);
    await sleep(everyMs);
  }
}
