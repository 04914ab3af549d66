import type { Prefix } from '../core/net/prefix.ts';
import { formatPrefix } from '../core/net/prefix.ts';
import type { Duration } from '../core/time/duration.ts';
import { leaseAddress, removeAddress } from './netlink/interface-address.ts';
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
  readonly #added = new Map<string, Prefix>();

  /** `own`: the interface is there for these addresses alone; it is on while it has one, and brings no route along. */
  constructor(netlink: NetlinkSocket, interfaceIndex: number, own = false) {
    this.#own = own;
    this.#netlink = netlink;
    this.#interfaceIndex = interfaceIndex;
  }

  /** Adds or renews. */
  leaseAddress(prefix: Prefix, lease: Duration): void {
    if (this.#own && this.#added.size === 0) switchLink(this.#netlink, this.#interfaceIndex, true);
    this.#added.set(formatPrefix(prefix), prefix);
    leaseAddress(this.#netlink, this.#interfaceIndex, prefix, lease, !this.#own);
  }

  /** Removes an address that we added; does nothing for one that we did not. */
  removeAddress(prefix: Prefix): void {
    const key = formatPrefix(prefix);
    if (!this.#added.has(key)) return;
    removeAddress(this.#netlink, this.#interfaceIndex, prefix);
    this.#added.delete(key);
    if (this.#own && this.#added.size === 0) switchLink(this.#netlink, this.#interfaceIndex, false);
  }

  /** Undoes what is left. Goes on after a failure and throws the first one at the end. */
  undo(): void {
    const failures: unknown[] = [];
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
}
