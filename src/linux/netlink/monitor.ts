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
const RTMGRP_IPV6_IFADDR = 0x100;

/** What changed on some interface. */
export type Change =
  | { readonly type: 'link'; readonly link: Link }
  | { readonly type: 'link-gone'; readonly link: Link }
  | { readonly type: 'address-added'; readonly address: InterfaceAddress }
  | { readonly type: 'address-removed'; readonly address: InterfaceAddress }
  /** The kernel dropped some events: read everything again. */
  | { readonly type: 'overrun' };

/** Watches the interfaces of this machine, whoever changes them, ourselves included. */
export class InterfaceMonitor {
  readonly #socket = new NetlinkSocket(RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR);

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
      else for (const message of batch) changes.push(...read(message));
    }
  }

  close(): void {
    this.#socket.close();
  }
}

function read(message: { type: number; body: Uint8Array }): readonly Change[] {
  switch (message.type) {
    case RTM_NEWLINK:
    case RTM_DELLINK: {
      // Other message families (bridge ports) share these types; only AF_UNSPEC speaks of the interface itself.
      if (message.body[0] !== 0) return [];
      return [{ type: message.type === RTM_DELLINK ? 'link-gone' : 'link', link: decodeLink(message) }];
    }
    case RTM_NEWADDR:
    case RTM_DELADDR: {
      const address = decodeInterfaceAddress(message);
      if (address === undefined) return [];
      return [{ type: message.type === RTM_NEWADDR ? 'address-added' : 'address-removed', address }];
    }
    default:
      return [];
  }
}
