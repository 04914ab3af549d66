import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const attemptMs = 1_000;
const pauseMs = 100;

/** Waits until somebody listens there, at the longest `timeoutMs`; answers whether it came to that. */
export async function pagesAnswer(address: string, port: number, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (!(await connects(address, port))) {
    if (performance.now() > deadline) return false;
    await sleep(pauseMs);
  }
  return true;
}

function connects(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: attemptMs });
    const end = (connected: boolean): void => {
      socket.destroy();
      resolve(connected);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
    socket.once('timeout', () => end(false));
  });
}
