import type { Prefix } from '../core/net/prefix.ts';
import { formatPrefix } from '../core/net/prefix.ts';
import type { Duration } from '../core/time/duration.ts';
import { BackgroundChanges } from './netlink/background.ts';
import { leaseAddress, leaseChange, removeAddress } from './netlink/interface-address.ts';
import { switchLink } from './netlink/macvlan.ts';
import type { NetlinkSocket } from './netlink/socket.ts';

/**
 * Every change to the kernel goes through here and is noted before it is made, so that exactly this can be undone,
 * and nothing else (the habit of OpenBSD's relayd). After a kill the leases undo what is noted here.
 */
export class Ledger {
  readonly #netlink: NetlinkSocket;
  readonly #interfaceIndex: number;
  readonly #own: boolean;
  readonly #routed: boolean;
  readonly #added = new Map<string, Prefix>();
  readonly #renewals = new BackgroundChanges();

  /**
   * `own`: the interface is there for these addresses alone and is on while it has one. `routed`: each brings the route to its
   * network along.
   */
  constructor(netlink: NetlinkSocket, interfaceIndex: number, how: { own: boolean; routed: boolean }) {
    this.#own = how.own;
    this.#routed = how.routed;
    this.#netlink = netlink;
    this.#interfaceIndex = interfaceIndex;
  }

  /** Adds or renews. */
  leaseAddress(prefix: Prefix, lease: Duration): void {
    if (this.#own && this.#added.size === 0) switchLink(this.#netlink, this.#interfaceIndex, true);
    this.#added.set(formatPrefix(prefix), prefix);
    this.#renewals.finish();
    leaseAddress(this.#netlink, this.#interfaceIndex, prefix, lease, this.#routed);
  }

  /**
   * Restarts the leases of those that we added, without waiting for the kernel. `failed` is told of a failure later. One
   * that is asked for while the kernel is still at the last one is left out: it comes with the next.
   */
  renewAddresses(prefixes: readonly Prefix[], lease: Duration, failed: (error: Error) => void): void {
    const held = prefixes.filter((prefix) => this.#added.has(formatPrefix(prefix)));
    if (held.length === 0) return;
    const changes = held.map((prefix) => leaseChange(this.#interfaceIndex, prefix, lease, this.#routed));
    this.#renewals.begin(changes, `renew ${held.map(formatPrefix).join(' ')}`, (failure) => {
      if (failure !== undefined) failed(failure);
    });
  }

  has(prefix: Prefix): boolean {
    return this.#added.has(formatPrefix(prefix));
  }

  /** Removes an address that we added; does nothing for one that we did not. */
  removeAddress(prefix: Prefix): void {
    const key = formatPrefix(prefix);
    if (!this.#added.has(key)) return;
    this.#renewals.finish();
    removeAddress(this.#netlink, this.#interfaceIndex, prefix);
    this.#added.delete(key);
    if (this.#own && this.#added.size === 0) switchLink(this.#netlink, this.#interfaceIndex, false);
  }

  /** Undoes what is left. Goes on after a failure and throws the first one at the end. */
  undo(): void {
    const failures: unknown[] = [];
    this.#renewals.finish();
    for (const prefix of this.#added.values()) {
      try {
        removeAddress(this.#netlink, this.#interfaceIndex, prefix);
      } catch (error) {
        failures.push(error);
      }
    }
    this.#added.clear();
    if (failures.length > 0) throw failures[0];
  }

  close(): void {
    this.#renewals.close();
  }
}
