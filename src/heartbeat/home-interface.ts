import type { IpAddress } from '../core/net/address.ts';
import { formatPrefix, type Prefix } from '../core/net/prefix.ts';
import { Ledger } from '../linux/ledger.ts';
import { Neighbours } from '../linux/neighbours.ts';
import { type InterfaceAddress, listAddresses } from '../linux/netlink/interface-address.ts';
import type { Link } from '../linux/netlink/link.ts';
import type { Change } from '../linux/netlink/monitor.ts';
import type { NetlinkSocket } from '../linux/netlink/socket.ts';
import { addVirtualMac, removeVirtualMac } from '../linux/virtual-mac.ts';
import { ownAddress } from './own-address.ts';

/** With `vrid` the addresses live on an interface beside the card that has the MAC of the virtual router. */
export interface HomePlan {
  readonly family: 4 | 6;
  readonly watched: readonly IpAddress[];
  readonly virtualMac: { readonly vrid: number } | undefined;
}

/** The interface where the virtual addresses live, for as long as it exists. */
export class HomeInterface {
  readonly ledger: Ledger;
  /** Apart from the others: what becomes of these decides nothing. */
  readonly companions: Ledger;
  readonly #netlink: NetlinkSocket;
  readonly #family: 4 | 6;
  readonly #vrid: number | undefined;
  readonly #virtual: Link | undefined;
  /** Announces with the virtual MAC; without one `#neighbours` does. */
  readonly #announcer: Neighbours | undefined;
  #link: Link;
  #neighbours: Neighbours;
  /** The addresses on it, as the kernel last told us. */
  #present: ReadonlyMap<string, InterfaceAddress>;
  readonly #removed = new Set<string>();

  private constructor(link: Link, netlink: NetlinkSocket, { family, watched, virtualMac }: HomePlan) {
    this.#link = link;
    this.#netlink = netlink;
    this.#family = family;
    this.#vrid = virtualMac?.vrid;
    this.#virtual =
      virtualMac === undefined ? undefined : addVirtualMac(netlink, link, virtualMac.vrid, family);
    const { index } = this.#virtual ?? link;
    const routed = this.#virtual === undefined;
    this.ledger = new Ledger(netlink, index, { own: !routed, routed });
    this.companions = new Ledger(netlink, index, { own: false, routed });
    this.#present = this.#read();
    this.#neighbours = new Neighbours(link, watched);
    if (this.#virtual === undefined) return;
    this.#announcer = new Neighbours({ ...link, mac: this.#virtual.mac }, watched);
  }

  /** `before`: an interface that this one replaces; what it held is missing now. */
  static open(link: Link, netlink: NetlinkSocket, plan: HomePlan, before?: HomeInterface): HomeInterface {
    const home = new HomeInterface(link, netlink, plan);
    const gone = before === undefined ? [] : [...before.#present.keys(), ...before.#removed];
    for (const key of gone) home.#removed.add(key);
    return home;
  }

  /** The MAC of the virtual router; undefined when the card's own is used. */
  get virtualMac(): Uint8Array | undefined {
    return this.#virtual?.mac;
  }

  /** Where the addresses are: what announces them is the MAC of this. */
  get mac(): Uint8Array {
    return (this.#virtual ?? this.#link).mac;
  }

  announce(address: IpAddress): void {
    (this.#announcer ?? this.#neighbours).announce(address);
  }

  /** Of the card, or of the interface beside it. */
  has(interfaceIndex: number): boolean {
    return interfaceIndex === this.#link.index || interfaceIndex === this.#virtual?.index;
  }

  /** The interface beside the card was removed by somebody. */
  isHalf(goneIndex: number): boolean {
    return goneIndex === this.#virtual?.index;
  }

  get link(): Link {
    return this.#link;
  }

  get up(): boolean {
    return this.#link.up;
  }

  get neighbours(): Neighbours {
    return this.#neighbours;
  }

  get observed(): ReadonlyMap<string, InterfaceAddress> {
    return this.#present;
  }

  source(virtual: readonly Prefix[]): IpAddress | undefined {
    return ownAddress([...this.#present.values()], virtual, this.#family, virtual[0]?.address);
  }

  /** False when `link` is another interface, or none, or has another hardware address. */
  isOn(link: Link | undefined): boolean {
    return link?.index === this.#link.index && link.mac.join() === this.#link.mac.join();
  }

  setLink(link: Link): void {
    this.#link = link;
  }

  listenToNeighbours(watched: readonly IpAddress[]): void {
    const next = new Neighbours(this.#link, watched);
    this.#neighbours.close();
    this.#neighbours = next;
  }

  /** False when it changes nothing, as every renewal of a lease. */
  take(change: Extract<Change, { type: 'address-added' | 'address-removed' }>): boolean {
    const key = formatPrefix(change.address.prefix);
    if (change.type === 'address-added' && this.#present.get(key)?.usable === change.address.usable)
      return false;
    const present = new Map(this.#present);
    if (change.type === 'address-added') present.set(key, change.address);
    else {
      present.delete(key);
      this.#removed.add(key);
    }
    this.#present = present;
    return true;
  }

  /** After the kernel dropped events: whatever is not there may have been removed. */
  readAgain(): void {
    for (const key of this.#present.keys()) this.#removed.add(key);
    this.#present = this.#read();
  }

  /** Those of `wanted` that were removed since the last call and are not there now. */
  takeMissing(wanted: readonly Prefix[]): readonly Prefix[] {
    if (this.#removed.size === 0) return [];
    const missing = wanted.filter((prefix) => {
      const key = formatPrefix(prefix);
      return this.#removed.has(key) && !this.#present.has(key);
    });
    this.#removed.clear();
    return missing;
  }

  close(): void {
    this.ledger.close();
    this.companions.close();
    this.#neighbours.close();
    this.#announcer?.close();
    if (this.#vrid !== undefined) removeVirtualMac(this.#netlink, this.#link.index, this.#vrid, this.#family);
  }

  #read(): ReadonlyMap<string, InterfaceAddress> {
    const present = [this.#link, ...(this.#virtual === undefined ? [] : [this.#virtual])].flatMap(
      ({ index }) => listAddresses(this.#netlink, index),
    );
    return new Map(present.map((address) => [formatPrefix(address.prefix), address]));
  }
}
