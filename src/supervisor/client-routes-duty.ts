import type { Logger } from 'pino';
import { parseAddress } from '../core/net/address.ts';
import type { ClientRoute } from '../core/vpn/client-routes.ts';
import { removeHostRoute, setHostRoute } from '../linux/netlink/host-route.ts';
import { readLink } from '../linux/netlink/link.ts';
import { NetlinkSocket } from '../linux/netlink/socket.ts';

interface SetRoute {
  readonly device: string;
  readonly index: number;
}

/** Keeps the routes to clients of other server processes than the main one as they are wanted. */
export class ClientRoutesDuty {
  readonly #log: Logger;
  readonly #set = new Map<string, SetRoute>();
  #netlink: NetlinkSocket | undefined;

  constructor(log: Logger) {
    this.#log = log;
  }

  /** All that are wanted now; others that were set before go. */
  apply(routes: readonly ClientRoute[]): void {
    this.#netlink ??= new NetlinkSocket();
    const wanted = new Map(routes.map((route) => [route.address, route.device]));
    for (const [address, { index }] of this.#set) if (!wanted.has(address)) this.#remove(address, index);
    const indices = new Map<string, number | undefined>();
    for (const [address, device] of wanted) {
      if (!indices.has(device)) indices.set(device, this.#indexOf(device));
      const index = indices.get(device);
      // A device that was made anew under its old name has lost its routes.
      const known = this.#set.get(address);
      if (index !== undefined && (known?.device !== device || known.index !== index))
        this.#add(address, device, index);
    }
  }

  stop(): void {
    for (const [address, { index }] of this.#set) this.#remove(address, index);
    this.#netlink?.close();
    this.#netlink = undefined;
  }

  #indexOf(device: string): number | undefined {
    try {
      return this.#netlink === undefined ? undefined : readLink(this.#netlink, device).index;
    } catch {
      // Its process is starting or gone; the route is asked for again with the next client.
      return undefined;
    }
  }

  #add(address: string, device: string, index: number): void {
    const parsed = parseAddress(address);
    if (parsed === undefined || this.#netlink === undefined) return;
    try {
      setHostRoute(this.#netlink, parsed, index);
      this.#set.set(address, { device, index });
    } catch (error) {
      this.#log.warn({ err: error, address, device }, 'the route to a client could not be set');
    }
  }

  #remove(address: string, index: number): void {
    this.#set.delete(address);
    const parsed = parseAddress(address);
    if (parsed === undefined || this.#netlink === undefined) return;
    try {
      removeHostRoute(this.#netlink, parsed, index);
    } catch (error) {
      this.#log.debug({ err: error, address }, 'the route to a client went with its device');
    }
  }
}
