import type { Logger } from 'pino';
import { type HeartbeatKeys, readHeartbeatKeys } from '../settings/heartbeat-keys.ts';
import { paths } from '../settings/paths.ts';

/** The keys of this pair as this node has them; without them it speaks unsigned, and says so in the log. */
export function heartbeatKeys(log: Logger): HeartbeatKeys | undefined {
  const keys = readHeartbeatKeys(paths.heartbeatKeys);
  if (keys === undefined) {
    log.error(
      `${paths.heartbeatKeys} is missing: this node signs nothing, and one that does takes nothing of it; copy the file from the other node and restart the service`,
    );
  }
  return keys;
}
