import type { HeartbeatRequest } from '../../privileged/channel.ts';
import type { HeartbeatKeys } from '../../settings/heartbeat-keys.ts';
import { type PairSettings, viewOf } from '../../settings/pair.ts';

/** Clocks may differ by so much; a receiver that was just started takes no recording that is older. */
const clockWindowSeconds = 30;

/** What this node's heartbeat is to run with; undefined where the node is not one of the two. */
export function heartbeatRequest(
  pair: PairSettings,
  nodeId: string,
  keys: HeartbeatKeys,
): HeartbeatRequest | undefined {
  const view = viewOf(pair, nodeId);
  if (view === undefined) return undefined;
  const { own, peer } = view;
  const second =
    own.second === undefined || peer.second === undefined
      ? undefined
      : { interface: own.second.interface, peerAddress: peer.second.address };
  const { preemptDelaySeconds } = pair;
  return {
    interface: own.interface,
    vhid: pair.vhid,
    priority: own.priority,
    advertisementIntervalMs: pair.advertisementIntervalMs,
    virtualAddress: pair.virtualAddress,
    address6: pair.address6,
    protocol: pair.protocol ?? 'vrrp3',
    virtualMac: pair.virtualMac ?? false,
    leaseSeconds: pair.leaseSeconds,
    peerAddress: peer.address,
    keys,
    paths: pair.paths ?? { multicast: true, unicast: true },
    second,
    gateway: pair.gateway,
    takeover: pair.takeover ?? 'always',
    preemptDelayMs: preemptDelaySeconds === undefined ? undefined : preemptDelaySeconds * 1_000,
  };
}

/** What two heartbeats can only change together; the rest of a request each takes for itself. */
export function sharedPart(request: HeartbeatRequest): Readonly<Record<string, unknown>> {
  const { vhid, advertisementIntervalMs, leaseSeconds, virtualAddress, keys } = request;
  return {
    vhid,
    advertisementIntervalMs,
    leaseSeconds,
    virtualAddresses: [virtualAddress],
    authentication: { ...keys, mode: 'enforce', windowSeconds: clockWindowSeconds },
  };
}

/** The shared part of `shared` with what else `own` says: what is in force between a commit and its end. */
export function between(own: HeartbeatRequest, shared: HeartbeatRequest): HeartbeatRequest {
  const { vhid, advertisementIntervalMs, leaseSeconds, virtualAddress, keys } = shared;
  return { ...own, vhid, advertisementIntervalMs, leaseSeconds, virtualAddress, keys };
}

export function sameShared(a: HeartbeatRequest, b: HeartbeatRequest): boolean {
  return JSON.stringify(sharedPart(a)) === JSON.stringify(sharedPart(b));
}
