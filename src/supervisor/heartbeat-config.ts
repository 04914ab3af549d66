import { createHash } from 'node:crypto';
import type { HeartbeatRequest } from '../privileged/channel.ts';
import type { HeartbeatKeys } from '../settings/heartbeat-keys.ts';
import { paths } from '../settings/paths.ts';

/** Clocks may differ by so much; a receiver that was just started takes no recording that is older. */
const clockWindowSeconds = 30;
/** UCARP's limit. */
const carpPasswordLength = 19;

/** What the heartbeat of this node reads. */
export function heartbeatConfig(request: HeartbeatRequest, gateway: string | undefined): string {
  const { paths: lan, second, address6, preemptDelayMs, startDelayMs, virtualMac } = request;
  return JSON.stringify({
    interface: request.interface,
    vhid: request.vhid,
    ...spoken(request),
    virtualAddresses: [request.virtualAddress],
    ...(address6 === undefined ? {} : { companionAddresses: [address6] }),
    ...(virtualMac ? { virtualMac } : {}),
    preempt: preemptDelayMs !== undefined,
    ...(preemptDelayMs === undefined ? {} : { preemptDelayMs }),
    ...(startDelayMs === undefined ? {} : { startDelayMs }),
    leaseSeconds: request.leaseSeconds,
    takeover: request.takeover,
    paths: [
      ...(lan.multicast ? [{ multicast: true }] : []),
      ...(lan.unicast ? [{ unicast: request.peerAddress }] : []),
      ...(second === undefined ? [] : [{ unicast: second.peerAddress, interface: second.interface }]),
    ],
    ...(gateway === undefined ? {} : { track: { gateway } }),
    controlSocket: paths.heartbeatSocket,
    stateFile: paths.heartbeatState,
  });
}

function spoken({ protocol, priority, advertisementIntervalMs, keys }: HeartbeatRequest): object {
  if (protocol === 'carp')
    return { protocol, carp: { ...carpTimes(advertisementIntervalMs, priority), ...carpProof(keys) } };
  return {
    protocol: protocol === 'vrrp2' ? protocol : 'vrrp',
    priority,
    advertisementIntervalMs,
    pair: true,
    authentication: { ...keys, mode: 'enforce', windowSeconds: clockWindowSeconds },
  };
}

/** CARP has no priorities: whoever speaks more often goes first. So the lower one waits some 256ths of a second longer. */
function carpTimes(
  intervalMs: number,
  priority: number,
): { readonly advbase: number; readonly advskew: number } {
  return { advbase: Math.round(intervalMs / 1_000), advskew: Math.floor((254 - priority) / 10) };
}

/** Both nodes have the key, and make the same password of it. */
function carpProof({ keys, activeKey }: HeartbeatKeys): {
  readonly password: string;
  readonly refuseReplays: true;
} {
  const key = keys.find(({ id }) => id === activeKey)?.key ?? '';
  const digest = createHash('sha256').update(`tandem carp ${key}`).digest('base64url');
  return { password: digest.slice(0, carpPasswordLength), refuseReplays: true };
}
