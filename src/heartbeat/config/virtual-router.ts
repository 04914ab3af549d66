import { carpPriority } from '../../core/carp/order.ts';
import { type IpAddress, isMulticast, parseAddress } from '../../core/net/address.ts';
import { type Prefix, parsePrefix } from '../../core/net/prefix.ts';
import { milliseconds, seconds } from '../../core/time/duration.ts';
import { type Dialect, VRRP2, VRRP3 } from '../../core/vrrp/dialect.ts';
import type { VirtualRouter } from '../../core/vrrp/router.ts';
import { smallestLease } from '../../core/vrrp/timers.ts';
import type { Surroundings } from '../driver.ts';
import type { KernelPlan } from '../kernel-interface.ts';
import { pathPlans } from '../paths.ts';
import { type Config, intervalOf } from './schema.ts';

/** The configuration as the protocol understands it; `source` is this node's own address on the interface. */
export function virtualRouter(config: Config, source: IpAddress): VirtualRouter {
  const interval = intervalOf(config);
  const dialect = dialectOf(config);
  return {
    dialect,
    vrid: config.vhid,
    priority: dialect.name === 'carp' ? carpPriority(dialect.parameters) : config.priority,
    interval,
    pair: config.pair,
    preempt: config.preempt,
    preemptDelay: milliseconds(config.preemptDelayMs),
    startDelay: milliseconds(config.startDelayMs),
    addresses: virtualAddresses(config),
    companions: prefixes(config.companionAddresses ?? []),
    lease: config.leaseSeconds === undefined ? smallestLease(interval) : seconds(config.leaseSeconds),
    source,
  };
}

function dialectOf({ protocol, carp }: Config): Dialect {
  if (protocol !== 'carp' || carp === undefined) return protocol === 'vrrp2' ? VRRP2 : VRRP3;
  const { advbase, advskew, deadRatio } = carp;
  return { name: 'carp', parameters: { advbase, advskew, deadRatio } };
}

export function virtualAddresses(config: Config): readonly Prefix[] {
  return prefixes(config.virtualAddresses);
}

/** Those that are advertised first. */
export function allAddresses(config: Config): readonly Prefix[] {
  return prefixes([...config.virtualAddresses, ...(config.companionAddresses ?? [])]);
}

function prefixes(texts: readonly string[]): readonly Prefix[] {
  return texts.map(parsePrefix).filter((prefix) => prefix !== undefined);
}

export function familyOf(config: Config): 4 | 6 {
  return virtualAddresses(config)[0]?.address.family ?? 4;
}

/** The gateway to ask, and the other nodes on the same LAN, as far as the configuration names them. */
export function surroundingsOf(config: Config): Surroundings {
  const text = config.track?.gateway;
  const gateway = text === undefined ? undefined : parseAddress(text);
  const peers = pathPlans(config, familyOf(config))
    .filter((path) => path.interface === config.interface && !isMulticast(path.destination))
    .map(({ destination }) => destination);
  return { gateway, peers, takeover: config.takeover };
}

function askedOf({ gateway, peers }: Surroundings): readonly IpAddress[] {
  return gateway === undefined ? [] : [gateway, ...peers];
}

/** The configuration as the kernel is asked for it. */
export function kernelPlan(config: Config): KernelPlan {
  const family = familyOf(config);
  return {
    interface: config.interface,
    family,
    addresses: allAddresses(config),
    paths: pathPlans(config, family),
    tracked: config.track?.interfaces ?? [],
    asked: askedOf(surroundingsOf(config)),
    virtualMac: config.virtualMac ? { vrid: config.vhid } : undefined,
  };
}
