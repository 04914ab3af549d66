import { TandemError } from '../core/errors.ts';
import type { IpAddress } from '../core/net/address.ts';
import type { Datagram } from '../core/net/ipv4-packet.ts';
import { formatPrefix, type Prefix } from '../core/net/prefix.ts';
import type { Duration } from '../core/time/duration.ts';
import type { Instant } from '../core/time/instant.ts';
import { IP_PROTOCOL, IPV4_GROUP } from '../core/vrrp/codec.ts';
import { AdvertisementSocket } from '../linux/advertisement-socket.ts';
import { Ledger } from '../linux/ledger.ts';
import { NeighbourAnnouncer } from '../linux/neighbour-announcer.ts';
import { listAddresses } from '../linux/netlink/interface-address.ts';
import { type Link, readLink } from '../linux/netlink/link.ts';
import { InterfaceMonitor } from '../linux/netlink/monitor.ts';
import { NetlinkSocket } from '../linux/netlink/socket.ts';
import { Readiness } from '../linux/readiness.ts';
import { Timer } from '../linux/timer.ts';

/** One network interface as the driver needs it: every descriptor, what was observed on it, and how to change it. */
export class KernelInterface {
  readonly #netlink: NetlinkSocket;
  readonly #monitor: InterfaceMonitor;
  readonly #socket: AdvertisementSocket;
  readonly #announcer: NeighbourAnnouncer;
  readonly #ledger: Ledger;
  readonly #timer: Timer;
  readonly #link: Link;
  readonly #closers: (() => void)[] = [];
  #linkUp: boolean;
  /** The addresses on the interface, as the kernel last told us. */
  #observed: ReadonlySet<string>;

  /** Throws `SystemCallError` or `TandemError`; nothing is left open then. */
  constructor(name: string, source: IpAddress) {
    try {
      this.#netlink = this.#opened(new NetlinkSocket());
      this.#link = readLink(this.#netlink, name);
      // The monitor before the first reading, so that no change falls between the two.
      this.#monitor = this.#opened(new InterfaceMonitor(this.#link.index));
      this.#socket = this.#opened(new AdvertisementSocket(this.#link, IP_PROTOCOL, IPV4_GROUP, source));
      this.#announcer = this.#opened(new NeighbourAnnouncer(this.#link));
      this.#timer = this.#opened(new Timer());
      this.#ledger = new Ledger(this.#netlink, this.#link.index);
      const link = readLink(this.#netlink, name);
      this.#linkUp = link.up;
      this.#observed = this.#readAddresses();
    } catch (error) {
      this.close();
      throw error;
    }
  }

  get linkUp(): boolean {
    return this.#linkUp;
  }

  get source(): IpAddress {
    return this.#socket.source;
  }

  get destination(): IpAddress {
    return this.#socket.group;
  }

  /** Calls back whenever a packet, a change or the timer waits. */
  listen(onReady: () => void): void {
    const readiness = new Readiness([this.#monitor.fd, this.#socket.fd, this.#timer.fd], onReady);
    this.#closers.push(() => readiness.close());
  }

  receive(): Datagram | undefined {
    return this.#socket.receive();
  }

  send(payload: Uint8Array): void {
    this.#socket.send(payload);
  }

  arm(due: Instant | undefined): void {
    this.#timer.arm(due);
  }

  acknowledgeTimer(): void {
    this.#timer.acknowledge();
  }

  leaseAddress(prefix: Prefix, lease: Duration): void {
    this.#ledger.leaseAddress(prefix, lease);
  }

  removeAddress(prefix: Prefix): void {
    this.#ledger.removeAddress(prefix);
  }

  announce(address: IpAddress): void {
    this.#announcer.announce(address);
  }

  /** True when the kernel says that the address is on the interface, whoever put it there. */
  holds(prefix: Prefix): boolean {
    return this.#observed.has(formatPrefix(prefix));
  }

  /**
   * Reads what changed since the last call. `missing` are those of `wanted` that something removed meanwhile and that
   * are not there now. Throws when the interface itself is gone.
   */
  takeChanges(wanted: readonly Prefix[]): {
    readonly linkChanged: boolean;
    readonly missing: readonly Prefix[];
  } {
    const before = this.#linkUp;
    const observed = new Set(this.#observed);
    const removed = new Set<string>();
    for (const change of this.#monitor.changes()) {
      switch (change.type) {
        case 'link':
          this.#linkUp = change.link.up;
          break;
        case 'link-gone':
          throw this.#gone();
        case 'address-added':
          observed.add(formatPrefix(change.address.prefix));
          break;
        case 'address-removed':
          observed.delete(formatPrefix(change.address.prefix));
          removed.add(formatPrefix(change.address.prefix));
          break;
        case 'overrun':
          this.#linkUp = readLink(this.#netlink, this.#link.name).up;
          for (const prefix of wanted) removed.add(formatPrefix(prefix));
          observed.clear();
          for (const prefix of this.#readAddresses()) observed.add(prefix);
          break;
      }
    }
    this.#observed = observed;
    const missing = wanted.filter((prefix) => {
      const text = formatPrefix(prefix);
      return removed.has(text) && !observed.has(text);
    });
    return { linkChanged: this.#linkUp !== before, missing };
  }

  /** Undoes every change we made and closes everything. */
  close(): void {
    try {
      this.#ledger?.undo();
    } finally {
      for (const close of this.#closers.splice(0).reverse()) close();
    }
  }

  #opened<T extends { close(): void }>(resource: T): T {
    this.#closers.push(() => resource.close());
    return resource;
  }

  #readAddresses(): ReadonlySet<string> {
    return new Set(listAddresses(this.#netlink, this.#link.index).map(({ prefix }) => formatPrefix(prefix)));
  }

  #gone(): TandemError {
    return new TandemError({
      code: 'heartbeat.interface-gone',
      culprit: 'operator',
      message: `the interface ${this.#link.name} was removed`,
      hint: 'create it again, then start the heartbeat again',
    });
  }
}
