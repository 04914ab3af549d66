import type { Logger } from 'pino';
import type { HeartbeatRequest } from '../privileged/channel.ts';
import type { PairNode, PairSettings } from '../settings/pair.ts';
import { heartbeatKeys } from './heartbeat-keys.ts';

/** What the heartbeat of this node is started with. */
export function heartbeatOf(
  pair: PairSettings,
  view: { readonly own: PairNode; readonly peer: PairNode },
  log: Logger,
): HeartbeatRequest {
  return {
    interface: view.own.interface,
    vhid: pair.vhid,
    priority: view.own.priority,
    advertisementIntervalMs: pair.advertisementIntervalMs,
    virtualAddress: pair.virtualAddress,
    leaseSeconds: pair.leaseSeconds,
    peerAddress: view.peer.address,
    keys: heartbeatKeys(log),
  };
}
