import { setTimeout as sleep } from 'node:timers/promises';

const pollMs = 50;

/** Waits until something is observed, at the longest `timeoutMs`; answers whether it was. */
export async function until(observed: () => boolean | Promise<boolean>, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (!(await observed())) {
    if (performance.now() > deadline) return false;
    await sleep(pollMs);
  }
  return true;
}
