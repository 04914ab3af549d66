import { rmSync } from 'node:fs';
import { removeReplicationKeys } from '../replication/keys/authorized-keys.ts';
import { paths } from '../settings/paths.ts';

/** Takes back what pairing left on this node: the other's key, the keys of the heartbeat and the note of the pair. */
export async function forgetPair(): Promise<void> {
  await removeReplicationKeys(paths.stateDirectory);
  rmSync(paths.pairing, { force: true });
  rmSync(paths.heartbeatKeys, { force: true });
}
