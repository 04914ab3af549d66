import {
  decodeInterfaceAddress,
  type InterfaceAddress,
  RTM_DELADDR,
  RTM_NEWADDR,
} from './interface-address.ts';
import { decodeLink, type Link, RTM_DELLINK, RTM_NEWLINK } from './link.ts';
import { NetlinkSocket } from './socket.ts';

const RTMGRP_LINK = 0x1;
const RTMGRP_IPV4_IFADDR = 0x10;

/** What changed on one interface. */
export type Change =
  | { readonly type: 'link'; readonly link: Link }
  | { readonly type: 'link-gone' }
  | { readonly type: 'address-added'; readonly address: InterfaceAddress }
  | { readonly type: 'address-removed'; readonly address: InterfaceAddress }
  /** The kernel dropped some events: read everything again. */
  | { readonly type: 'overrun' };

/** Watches one interface, whoever changes it, ourselves included. */
export class InterfaceMonitor {
  readonly #socket = new NetlinkSocket(RTMGRP_LINK | RTMGRP_IPV4_IFADDR);
  readonly #interfaceIndex: number;

  constructor(interfaceIndex: number) {
    this.#interfaceIndex = interfaceIndex;
  }

  get fd(): number {
    return this.#socket.fd;
  }

  /** The changes since the last call, in the order in which they happened. */
  changes(): readonly Change[] {
    const changes: Change[] = [];
    for (;;) {
      const batch = this.#socket.receive();
      if (batch === 'nothing') return changes;
      if (batch === 'overrun') changes.push({ type: 'overrun' });
      else for (const message of batch) changes.push(...this.#read(message));
    }
  }

  close(): void {
    this.#socket.close();
  }

  #read(message: { type: number; body: Uint8Array }): readonly Change[] {
    switch (message.type) {
      case RTM_NEWLINK:
      case RTM_DELLINK: {
        // Other message families (bridge ports) share these types; only AF_UNSPEC speaks of the interface itself.
        const link = decodeLink(message);
        if (link.index !== this.#interfaceIndex || message.body[0] !== 0) return [];
        return [message.type === RTM_DELLINK ? { type: 'link-gone' } : { type: 'link', link }];
      }
      case RTM_NEWADDR:
      case RTM_DELADDR: {
        const address = decodeInterfaceAddress(message);
        if (address?.interfaceIndex !== this.#interfaceIndex) return [];
        return [{ type: message.type === RTM_NEWADDR ? 'address-added' : 'address-removed', address }];
      }
      default:
        return [];
    }
  }
}
