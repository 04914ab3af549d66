import pino, { type Logger } from 'pino';

export type { Logger } from 'pino';

/** More than this waiting to be written is dropped: a stuck reader of the log must never delay an advertisement. */
const MOST_BYTES_WAITING = 1_000_000;

/** JSON lines on standard error, written asynchronously. `flush` writes what is left before the process ends. */
export function createLog(): { readonly log: Logger; readonly flush: () => void } {
  const destination = pino.destination({ dest: 2, sync: false, maxLength: MOST_BYTES_WAITING });
  // A log nobody reads any more (EPIPE) is no reason to stop.
  destination.on('error', () => undefined);
  const log = pino(
    {
      base: { service: 'heartbeat' },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  );
  const flush = (): void => {
    try {
      destination.flushSync();
    } catch {
      // The reader is gone; there is nobody to tell.
    }
  };
  return { log, flush };
}
