import { type IpAddress, sameAddress } from '../core/net/address.ts';
import { virtualRouterMac } from '../core/net/advertisement-frame.ts';
import type { Datagram } from '../core/net/ipv4-packet.ts';
import type { NeighbourClaim } from '../core/net/neighbour.ts';
import { formatPrefix, type Prefix } from '../core/net/prefix.ts';
import type { Duration } from '../core/time/duration.ts';
import type { Instant } from '../core/time/instant.ts';
import { type Link, readLink } from '../linux/netlink/link.ts';
import { type Change, InterfaceMonitor } from '../linux/netlink/monitor.ts';
import { NetlinkSocket } from '../linux/netlink/socket.ts';
import { Readiness } from '../linux/readiness.ts';
import { Timer } from '../linux/timer.ts';
import { Channels, type PathStatus } from './channels.ts';
import { HomeInterface } from './home-interface.ts';
import type { PathPlan } from './paths.ts';

/** What the kernel is asked for. */
export interface KernelPlan {
  /** Where the virtual addresses live. */
  readonly interface: string;
  readonly family: 4 | 6;
  readonly addresses: readonly Prefix[];
  readonly paths: readonly PathPlan[];
  readonly tracked: readonly string[];
  /** Neighbours whose answers matter: the gateway and the other nodes. */
  readonly asked: readonly IpAddress[];
  /** The addresses get the MAC of a virtual router (RFC 9568 §7.3) instead of the card's. */
  readonly virtualMac: { readonly vrid: number } | undefined;
}

export interface KernelChanges {
  readonly linkChanged: boolean;
  /** Virtual addresses that something removed meanwhile and that are not there now. */
  readonly missing: readonly Prefix[];
  /** This node's own address, where it is another one than before. */
  readonly source: IpAddress | undefined;
}

/** The network as the driver needs it: every descriptor, what was observed, and how to change it. */
export class KernelInterface {
  #plan: KernelPlan;
  readonly #netlink: NetlinkSocket;
  readonly #monitor: InterfaceMonitor;
  readonly #timer: Timer;
  #channels: Channels;
  #home: HomeInterface | undefined;
  /** Those of the plan that exist. */
  readonly #links = new Map<string, Link>();
  readonly #closers: (() => void)[] = [];
  /** The home whose interface with the virtual MAC somebody removed. */
  #lost: HomeInterface | undefined;
  #source: IpAddress;
  #onReady: (() => void) | undefined;
  #readiness: Readiness | undefined;

  /** Throws `SystemCallError` or `TandemError`; nothing is left open then. */
  constructor(plan: KernelPlan, source: IpAddress) {
    this.#plan = plan;
    this.#source = source;
    this.#channels = this.#newChannels();
    try {
      this.#netlink = this.#opened(new NetlinkSocket());
      // The monitor before the first reading, so that no change falls between the two.
      this.#monitor = this.#opened(new InterfaceMonitor());
      this.#timer = this.#opened(new Timer());
      this.#readLinks();
      this.#attach();
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** The interface is there, has a signal, and has our own address. */
  get linkUp(): boolean {
    return this.#home?.up === true && this.#home.source(this.#plan.addresses) !== undefined;
  }

  /** This node's own address on the interface, or the last one it had there. */
  get source(): IpAddress {
    return this.#source;
  }

  get mac(): Uint8Array | undefined {
    return this.#home?.mac;
  }

  get paths(): readonly PathStatus[] {
    return this.#channels.statuses;
  }

  /** The interface of the addresses first, then what is tracked besides. */
  get interfaces(): readonly { readonly name: string; readonly up: boolean }[] {
    const names = new Set([this.#plan.interface, ...this.#plan.tracked]);
    return [...names].map((name) => ({ name, up: this.#links.get(name)?.up === true }));
  }

  /** Calls back whenever a packet, a change or the timer waits. */
  listen(onReady: () => void): void {
    this.#onReady = onReady;
    this.#watch();
  }

  /** Takes other paths, addresses and things to track; what stays the same is not interrupted. */
  reconfigure(plan: KernelPlan): void {
    const samePaths =
      JSON.stringify(plan.paths.map(pathKey)) === JSON.stringify(this.#plan.paths.map(pathKey));
    this.#plan = plan;
    this.#unwatch();
    if (!samePaths) {
      this.#channels.close();
      this.#channels = this.#newChannels();
    }
    this.#readLinks();
    this.#home?.listenToNeighbours(this.#watchedAddresses());
    this.#attach();
    this.#watch();
  }

  receive(): Datagram | undefined {
    return this.#channels.receive();
  }

  /** Throws when no path took it. */
  send(encode: (path: { source: IpAddress; destination: IpAddress }) => Uint8Array): void {
    this.#channels.send(encode);
  }

  arm(due: Instant | undefined): void {
    this.#timer.arm(due);
  }

  acknowledgeTimer(): void {
    this.#timer.acknowledge();
  }

  /** Throws when the interface is gone or refuses. */
  leaseAddress(prefix: Prefix, lease: Duration): void {
    if (this.#home === undefined) throw this.#noInterface();
    this.#home.ledger.leaseAddress(prefix, lease);
  }

  /** Without waiting; `failed` is told later. Throws when the interface is gone. */
  renewAddresses(prefixes: readonly Prefix[], lease: Duration, failed: (error: Error) => void): void {
    if (this.#home === undefined) throw this.#noInterface();
    this.#home.ledger.renewAddresses(prefixes, lease, failed);
  }

  /** As the two above, for an address that comes and goes with the others. */
  accompany(prefix: Prefix, lease: Duration, failed: (error: Error) => void): void {
    if (this.#home === undefined) throw this.#noInterface();
    const { companions } = this.#home;
    if (companions.has(prefix)) companions.renewAddresses([prefix], lease, failed);
    else companions.leaseAddress(prefix, lease);
  }

  /** Addresses of an interface that is gone went with it. */
  removeAddress(prefix: Prefix): void {
    this.#home?.companions.removeAddress(prefix);
    this.#home?.ledger.removeAddress(prefix);
  }

  announce(address: IpAddress): void {
    this.#home?.announce(address);
  }

  /** Asks the LAN who has `address`, as ourselves or as nobody. */
  ask(address: IpAddress, asOurselves: boolean): void {
    this.#home?.neighbours.ask(address, asOurselves ? this.#source : undefined);
  }

  /** The next thing a neighbour claimed about the virtual addresses, the gateway or another node. */
  neighbourClaim(): NeighbourClaim | undefined {
    return this.#home?.neighbours.receive();
  }

  /** True when the kernel says that the address is on the interface, whoever put it there. */
  holds(prefix: Prefix): boolean {
    return this.#home?.observed.has(formatPrefix(prefix)) === true;
  }

  /** Takes in what changed since the last call; opens again what came back. */
  takeChanges(wanted: readonly Prefix[]): KernelChanges {
    const before = { up: this.linkUp, source: this.#source };
    const changes = this.#monitor.changes();
    if (changes.length > 0) this.#takeIn(changes);
    const missing = this.#home?.takeMissing(wanted) ?? [];
    return {
      linkChanged: this.linkUp !== before.up,
      missing,
      source: sameAddress(before.source, this.#source) ? undefined : this.#source,
    };
  }

  /** Undoes every change we made and closes everything. */
  close(): void {
    this.#unwatch();
    try {
      this.#home?.companions.undo();
      this.#home?.ledger.undo();
    } finally {
      this.#home?.close();
      this.#home = undefined;
      this.#channels.close();
      for (const close of this.#closers.splice(0).reverse()) close();
    }
  }

  #noInterface(): Error {
    return new Error(`there is no interface ${this.#plan.interface}`);
  }

  #takeIn(changes: readonly Change[]): void {
    let matters = false;
    for (const change of changes) matters = this.#takeOne(change) || matters;
    if (matters) this.#attach();
  }

  /** True when sockets may have to be opened or closed for it. */
  #takeOne(change: Change): boolean {
    switch (change.type) {
      case 'link':
        this.#noteLink(change.link);
        return this.#isRelevant(change.link.index);
      case 'link-gone':
        this.#forgetLink(change.link.index);
        if (this.#home?.isHalf(change.link.index) === true) this.#lost = this.#home;
        return true;
      case 'overrun':
        this.#readLinks();
        this.#home?.readAgain();
        return true;
      case 'address-added':
      case 'address-removed': {
        const { interfaceIndex } = change.address;
        if (this.#home?.has(interfaceIndex) === true) return this.#home.take(change);
        return this.#isRelevant(interfaceIndex);
      }
    }
  }

  #noteLink(link: Link): void {
    // One that was renamed is another one.
    for (const [name, known] of this.#links)
      if (known.index === link.index && name !== link.name) this.#links.delete(name);
    if (this.#names().has(link.name)) this.#links.set(link.name, link);
  }

  #forgetLink(index: number): void {
    for (const [name, known] of this.#links) if (known.index === index) this.#links.delete(name);
  }

  #isRelevant(index: number): boolean {
    return [...this.#links.values()].some((link) => link.index === index);
  }

  #names(): ReadonlySet<string> {
    const { interface: home, tracked, paths } = this.#plan;
    return new Set([home, ...tracked, ...paths.map((path) => path.interface)]);
  }

  #readLinks(): void {
    this.#links.clear();
    for (const name of this.#names()) {
      try {
        this.#links.set(name, readLink(this.#netlink, name));
      } catch {
        // It may come later; the monitor tells.
      }
    }
  }

  /** Opens and closes what depends on interfaces, as they are now. */
  #attach(): void {
    const link = this.#links.get(this.#plan.interface);
    const stale = this.#home !== undefined && (!this.#home.isOn(link) || this.#home === this.#lost);
    const missing = this.#home === undefined && link !== undefined;
    const fds = this.#fds().join();
    if (stale || missing) this.#unwatch();
    if (stale) {
      this.#home?.close();
      this.#home = undefined;
    }
    if (this.#home === undefined && link !== undefined) this.#openHome(link);
    this.#lost = undefined;
    if (link !== undefined) this.#home?.setLink(link);
    this.#source = this.#home?.source(this.#plan.addresses) ?? this.#source;
    this.#channels.refresh(this.#netlink, this.#links);
    if (this.#readiness === undefined || this.#fds().join() !== fds) this.#watch();
  }

  #openHome(link: Link): void {
    const { family, virtualMac } = this.#plan;
    const plan = { family, virtualMac, watched: this.#watchedAddresses() };
    this.#home = HomeInterface.open(link, this.#netlink, plan, this.#lost);
  }

  #watchedAddresses(): readonly IpAddress[] {
    const { addresses, asked } = this.#plan;
    return [...addresses.map(({ address }) => address), ...asked];
  }

  #newChannels(): Channels {
    const { paths, family, virtualMac, interface: home } = this.#plan;
    const mac = virtualMac === undefined ? undefined : virtualRouterMac(virtualMac.vrid, family);
    return new Channels(paths, {
      family,
      virtual: () => this.#plan.addresses,
      // Of the path on which the addresses are; another interface keeps its own.
      macOn: (name) => (name === home ? mac : undefined),
    });
  }

  #fds(): readonly number[] {
    const home = this.#home === undefined ? [] : this.#home.neighbours.fds;
    return [this.#monitor.fd, this.#timer.fd, ...home, ...this.#channels.fds];
  }

  #watch(): void {
    if (this.#onReady === undefined) return;
    this.#readiness?.close();
    this.#readiness = new Readiness(this.#fds(), this.#onReady);
  }

  #unwatch(): void {
    this.#readiness?.close();
    this.#readiness = undefined;
  }

  #opened<T extends { close(): void }>(resource: T): T {
    this.#closers.push(() => resource.close());
    return resource;
  }
}

function pathKey(path: PathPlan): readonly unknown[] {
  return [path.name, path.interface, path.peer === undefined ? '' : path.peer.bytes.join('.')];
}
