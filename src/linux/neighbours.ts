import type { IpAddress } from '../core/net/address.ts';
import type { NeighbourClaim } from '../core/net/neighbour.ts';
import { NeighbourSocket } from './neighbour-socket.ts';
import type { Link } from './netlink/link.ts';

/** The neighbours on one link: ARP for the IPv4 addresses in hand, neighbour discovery for the IPv6 ones. */
export class Neighbours {
  readonly #sockets = new Map<4 | 6, NeighbourSocket>();

  /** Speaks of the families of `watched`, and hears what is claimed about these. Throws `SystemCallError`; nothing is left open then. */
  constructor(link: Link, watched: readonly IpAddress[]) {
    try {
      for (const family of [4, 6] as const) {
        const ofFamily = watched.filter((address) => address.family === family);
        if (ofFamily.length > 0) this.#sockets.set(family, new NeighbourSocket(link, family, ofFamily));
      }
    } catch (error) {
      this.close();
      throw error;
    }
  }

  get fds(): readonly number[] {
    return [...this.#sockets.values()].map(({ fd }) => fd);
  }

  /** Tells the neighbours that `address` is here. Throws `SystemCallError`, for example when the link is down. */
  announce(address: IpAddress): void {
    this.#sockets.get(address.family)?.announce(address);
  }

  /** Asks who has `address`; without a `source` nobody learns ours from the question. */
  ask(address: IpAddress, source: IpAddress | undefined): void {
    this.#sockets.get(address.family)?.ask(address, source?.family === address.family ? source : undefined);
  }

  /** The next thing a neighbour claimed, or undefined when there is none. */
  receive(): NeighbourClaim | undefined {
    for (const socket of this.#sockets.values()) {
      const claim = socket.receive();
      if (claim !== undefined) return claim;
    }
    return undefined;
  }

  close(): void {
    for (const socket of this.#sockets.values()) socket.close();
  }
}
