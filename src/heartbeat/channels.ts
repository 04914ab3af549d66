import type { IpAddress } from '../core/net/address.ts';
import { isMulticast, sameAddress } from '../core/net/address.ts';
import type { Datagram } from '../core/net/ipv4-packet.ts';
import type { Prefix } from '../core/net/prefix.ts';
import { IP_PROTOCOL } from '../core/vrrp/codec.ts';
import { type AdvertisementChannel, AdvertisementSocket } from '../linux/advertisement-socket.ts';
import { FrameAdvertisementSocket } from '../linux/frame-advertisement-socket.ts';
import { Ipv6AdvertisementSocket } from '../linux/ipv6-advertisement-socket.ts';
import { listAddresses } from '../linux/netlink/interface-address.ts';
import type { Link } from '../linux/netlink/link.ts';
import type { NetlinkSocket } from '../linux/netlink/socket.ts';
import { ownAddress } from './own-address.ts';
import type { PathPlan } from './paths.ts';

/** How a path is, as the status shows it. */
export interface PathStatus {
  readonly name: string;
  /** False while its interface or our address there is missing. */
  readonly open: boolean;
  readonly sent: number;
  readonly sendErrors: number;
  readonly lastError: string | null;
}

interface Channel {
  readonly plan: PathPlan;
  socket: AdvertisementChannel | undefined;
  /** The interface that the socket is on. */
  index: number | undefined;
  sent: number;
  sendErrors: number;
  lastError: string | undefined;
}

/** The sockets of all paths. One that cannot be opened now is tried again whenever an interface changes. */
export class Channels {
  readonly #channels: readonly Channel[];
  readonly #virtual: () => readonly Prefix[];
  readonly #family: 4 | 6;
  readonly #macOn: (interfaceName: string) => Uint8Array | undefined;
  /** The channel that is read next. */
  #turn = 0;

  constructor(
    plans: readonly PathPlan[],
    context: {
      readonly family: 4 | 6;
      readonly virtual: () => readonly Prefix[];
      /** The MAC with which multicast leaves an interface, where it is not the card's. */
      readonly macOn: (interfaceName: string) => Uint8Array | undefined;
    },
  ) {
    this.#family = context.family;
    this.#virtual = context.virtual;
    this.#macOn = context.macOn;
    this.#channels = plans.map((plan) => ({
      plan,
      socket: undefined,
      index: undefined,
      sent: 0,
      sendErrors: 0,
      lastError: undefined,
    }));
  }

  get fds(): readonly number[] {
    return this.#channels.flatMap(({ socket }) => socket?.fd ?? []);
  }

  get statuses(): readonly PathStatus[] {
    return this.#channels.map(({ plan, socket, sent, sendErrors, lastError }) => ({
      name: plan.name,
      open: socket !== undefined,
      sent,
      sendErrors,
      lastError: lastError ?? null,
    }));
  }

  /** Opens what can be opened and closes what lost its interface; true when a descriptor changed. */
  refresh(netlink: NetlinkSocket, links: ReadonlyMap<string, Link>): boolean {
    let changed = false;
    for (const channel of this.#channels) {
      const link = links.get(channel.plan.interface);
      const source = link === undefined ? undefined : this.#sourceOn(netlink, link, channel);
      const isStale = channel.index !== link?.index || !isSame(channel.socket?.source, source);
      if (channel.socket !== undefined && isStale) {
        this.#close(channel);
        changed = true;
      }
      if (channel.socket !== undefined || link === undefined) continue;
      changed = this.#open(channel, link, source) || changed;
    }
    return changed;
  }

  /** Sends on every path what `encode` makes for it. Throws what went wrong when none of them took it. */
  send(encode: (path: { source: IpAddress; destination: IpAddress }) => Uint8Array): void {
    let taken = false;
    let failure: unknown = new Error('no path is open');
    for (const channel of this.#channels) {
      if (channel.socket === undefined) continue;
      try {
        channel.socket.send(encode(channel.socket));
        channel.sent += 1;
        channel.lastError = undefined;
        taken = true;
      } catch (error) {
        channel.sendErrors += 1;
        channel.lastError = (error as Error).message;
        failure = error;
      }
    }
    if (!taken) throw failure;
  }

  /** The next packet of any path, with the name of the path it came by; in turns, so that copies stay side by side. */
  receive(): Datagram | undefined {
    for (let tried = 0; tried < this.#channels.length; tried += 1) {
      const channel = this.#channels[this.#turn];
      this.#turn = (this.#turn + 1) % this.#channels.length;
      const datagram = channel === undefined ? undefined : this.#receiveFrom(channel);
      if (datagram !== undefined) return datagram;
    }
    return undefined;
  }

  #receiveFrom(channel: Channel): Datagram | undefined {
    for (;;) {
      const datagram = channel.socket?.receive();
      if (datagram === undefined) return undefined;
      const path = this.#pathOf(datagram, channel);
      if (path !== undefined) return { ...datagram, path, sender: channel.plan.peer };
    }
  }

  close(): void {
    for (const channel of this.#channels) this.#close(channel);
  }

  /** A socket of a group hears unicast too: undefined for what its own path hears as well, null for the rest. */
  #pathOf(datagram: Datagram, channel: Channel): string | null | undefined {
    const { plan } = channel;
    if (!isMulticast(plan.destination) || isMulticast(datagram.destination)) return plan.name;
    const own = this.#channels.some(
      (other) =>
        other.plan.interface === plan.interface && sameAddress(other.plan.destination, datagram.source),
    );
    return own ? undefined : null;
  }

  #sourceOn(netlink: NetlinkSocket, link: Link, { plan }: Channel): IpAddress | undefined {
    const near = isMulticast(plan.destination) ? this.#virtual()[0]?.address : plan.destination;
    return ownAddress(listAddresses(netlink, link.index), this.#virtual(), this.#family, near);
  }

  #open(channel: Channel, link: Link, source: IpAddress | undefined): boolean {
    const { destination } = channel.plan;
    try {
      if (source === undefined) throw new Error(`${link.name} has no IPv${this.#family} address of its own`);
      const mac = isMulticast(destination) ? this.#macOn(link.name) : undefined;
      const Socket = this.#family === 4 ? AdvertisementSocket : Ipv6AdvertisementSocket;
      channel.socket =
        mac === undefined
          ? new Socket(link, IP_PROTOCOL, destination, source)
          : new FrameAdvertisementSocket(link, IP_PROTOCOL, destination, source, mac);
      channel.index = link.index;
      channel.lastError = undefined;
      return true;
    } catch (error) {
      channel.lastError = (error as Error).message;
      return false;
    }
  }

  #close(channel: Channel): void {
    channel.socket?.close();
    channel.socket = undefined;
    channel.index = undefined;
  }
}

function isSame(a: IpAddress | undefined, b: IpAddress | undefined): boolean {
  return a !== undefined && b !== undefined && sameAddress(a, b);
}
