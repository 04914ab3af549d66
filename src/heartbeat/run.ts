import { loadConfig } from './config/load.ts';
import { Heartbeat } from './heartbeat.ts';
import { createLog } from './log.ts';

/** Runs until SIGTERM or SIGINT, or until it cannot go on, which throws. SIGHUP reads the configuration again. */
export async function run(configFile: string, recordFile?: string): Promise<void> {
  const config = loadConfig(configFile);
  const { log, flush } = createLog();
  const ended = Promise.withResolvers<void>();
  const onFatal = (error: unknown): void => ended.reject(error);
  const onStop = (): void => ended.resolve();
  // Before the start, so that whoever stops it early stops it gracefully.
  process.on('SIGTERM', onStop).on('SIGINT', onStop).on('uncaughtException', onFatal);
  ended.promise.catch(() => undefined);
  let heartbeat: Heartbeat | undefined;
  process.on('SIGHUP', () => {
    const reload = async (): Promise<void> => heartbeat?.reload(loadConfig(configFile));
    reload().catch((error: Error) => {
      log.error({ event: 'reload-refused' }, `The configuration was not taken: ${error.message}`);
    });
  });
  try {
    heartbeat = await Heartbeat.start(config, log, onFatal, recordFile);
    try {
      await ended.promise;
    } finally {
      await heartbeat.stop();
      log.info({ event: 'stopped' }, 'Stopped; the address is released.');
    }
  } finally {
    flush();
  }
}
