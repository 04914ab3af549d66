import { pino } from 'pino';
import { listenOnHttps } from '../api/https/server.ts';
import { Live } from '../api/live/live.ts';
import { listenOnSocket } from '../api/server.ts';
import { isWatched } from '../core/vpn/processes.ts';
import { HeartbeatClient } from '../pair/heartbeat-client.ts';
import { Node } from '../pair/node.ts';
import { RecallKeys } from '../recall/keys.ts';
import { Recall } from '../recall/recall.ts';
import { RecallWatches } from '../recall/watches.ts';
import { readNodeConfig } from '../settings/node.ts';
import { paths } from '../settings/paths.ts';
import { productVersion } from '../settings/product-version.ts';
import { readVpnSettings } from '../settings/read.ts';
import { Store } from '../store/store.ts';
import { VpnService } from '../vpn/service.ts';
import { privilegedOverIpc } from './ask.ts';

/** The server process: everything that needs no privileges, put together here and nowhere else. */
const config = readNodeConfig(paths.nodeConfig);
const log = pino({ base: { node: config.name, process: 'server' }, level: 'info' }, process.stdout);
const now = Date.now;
const store = Store.open({
  path: paths.store,
  nodeId: config.nodeId,
  now,
  follower: config.start === 'follower',
});
const privileged = privilegedOverIpc(process);
const vpn = new VpnService({
  store,
  node: config,
  privileged,
  log,
  now,
  rememberLogin: (fact) => node.users.rememberLogin(fact),
  ensureAddress: (user) => node.profiles.generic.ensureAddress(user),
  files: {
    directory: paths.clientConfigDirectory,
    revokedSerials: paths.revokedSerials,
    revocationList: paths.revocationList,
  },
});
const keys = new RecallKeys(store);
const recall = new Recall({
  clients: vpn.clients,
  privileged,
  keys,
  mayCall: () => readVpnSettings(store).dataChannel === 'process',
  log,
  now,
});
const watch = new RecallWatches({
  clients: vpn.clients,
  recall,
  privileged,
  keys,
  processes: () => vpn.processes.filter(isWatched),
  pingSeconds: () => readVpnSettings(store).keepalive.ping,
  log,
  now,
});
const node = new Node({
  config,
  productVersion: productVersion(),
  store,
  vpn,
  recall,
  privileged,
  heartbeat: (onState) => new HeartbeatClient(paths.heartbeatSocket, onState),
  log,
  now,
});

const live = new Live(node);
const api = await listenOnSocket(node, live, paths.apiSocket, log);
await node.start();
live.start();
const https = await listenOnHttps({ node, live, privileged, log });

let stopping = false;
async function stop(cause: string): Promise<void> {
  if (stopping) return;
  stopping = true;
  log.info({ cause }, 'stopping');
  live.stop();
  await https.close();
  await api.close();
  watch.stop();
  await node.stop();
  process.exit(0);
}
process.once('SIGTERM', () => void stop('SIGTERM'));
// Without the supervisor nothing that this process decides can be carried out.
process.once('disconnect', () => void stop('the supervisor is gone'));
