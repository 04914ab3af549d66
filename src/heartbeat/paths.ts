import { formatAddress, type IpAddress, parseAddress } from '../core/net/address.ts';
import { IPV4_GROUP, IPV6_GROUP } from '../core/vrrp/codec.ts';
import type { Config } from './config/schema.ts';

/** One way by which advertisements leave and arrive. */
export interface PathPlan {
  /** `multicast`, `unicast 10.99.0.2`, `unicast 192.168.7.2 on eth1`. */
  readonly name: string;
  readonly interface: string;
  readonly destination: IpAddress;
  /** By which address the node at the other end is known, where it is not the one it sends from. */
  readonly peer: IpAddress | undefined;
}

/** The paths of a configuration; multicast on its interface when it names none. */
export function pathPlans(config: Config, family: 4 | 6): readonly PathPlan[] {
  const wanted = config.paths ?? [{ multicast: true }];
  const plans = wanted.map((path) => {
    const interfaceName = path.interface ?? config.interface;
    const suffix = interfaceName === config.interface ? '' : ` on ${interfaceName}`;
    const group = family === 4 ? IPV4_GROUP : IPV6_GROUP;
    const unicast = 'unicast' in path ? parseAddress(path.unicast) : undefined;
    return {
      name: `${unicast === undefined ? 'multicast' : `unicast ${formatAddress(unicast)}`}${suffix}`,
      interface: interfaceName,
      destination: unicast ?? group,
      isUnicast: unicast !== undefined,
    };
  });
  // A pair has one peer: what arrives on a second interface comes from the same node, by another address.
  const peers = plans.filter((plan) => plan.isUnicast && plan.interface === config.interface);
  const peer = config.pair && peers.length === 1 ? peers[0]?.destination : undefined;
  return plans.map(({ name, interface: interfaceName, destination }) => ({
    name,
    interface: interfaceName,
    destination,
    peer: interfaceName === config.interface ? undefined : peer,
  }));
}
