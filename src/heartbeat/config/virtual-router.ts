import type { IpAddress } from '../../core/net/address.ts';
import { type Prefix, parsePrefix } from '../../core/net/prefix.ts';
import { centiseconds } from '../../core/time/centiseconds.ts';
import { milliseconds, seconds } from '../../core/time/duration.ts';
import type { VirtualRouter } from '../../core/vrrp/router.ts';
import { smallestLease } from '../../core/vrrp/timers.ts';
import type { Config } from './schema.ts';

/** The configuration as the protocol understands it; `source` is this node's own address on the interface. */
export function virtualRouter(config: Config, source: IpAddress): VirtualRouter {
  const interval = centiseconds(config.advertisementIntervalMs / 10);
  return {
    vrid: config.vhid,
    priority: config.priority,
    interval,
    pair: config.pair,
    preempt: config.preempt,
    preemptDelay: milliseconds(config.preemptDelayMs),
    startDelay: milliseconds(config.startDelayMs),
    addresses: virtualAddresses(config),
    lease: config.leaseSeconds === undefined ? smallestLease(interval) : seconds(config.leaseSeconds),
    source,
  };
}

export function virtualAddresses(config: Config): readonly Prefix[] {
  return config.virtualAddresses.map(parsePrefix).filter((prefix) => prefix !== undefined);
}
