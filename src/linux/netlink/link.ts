import { TandemError } from '../../core/errors.ts';
import { ENODEV } from '../libc.ts';
import { SystemCallError } from '../system-call-error.ts';
import { decodeAttributes, encodeAttribute, type Message, viewOf } from './message.ts';
import type { NetlinkSocket } from './socket.ts';

export const RTM_NEWLINK = 16;
export const RTM_DELLINK = 17;
const RTM_GETLINK = 18;
export const IFINFO_LENGTH = 16;
const IFLA_ADDRESS = 1;
const IFLA_IFNAME = 3;
const IFF_UP = 0x1;
const IFF_LOWER_UP = 0x10000;

/** A network interface. */
export interface Link {
  readonly index: number;
  readonly name: string;
  readonly mac: Uint8Array;
  /** Switched on, and the cable has a signal. */
  readonly up: boolean;
}

/** Throws a `TandemError` when there is no interface of that name. */
export function readLink(netlink: NetlinkSocket, name: string): Link {
  const attribute = encodeAttribute(IFLA_IFNAME, new TextEncoder().encode(`${name}\0`));
  try {
    const [message] = netlink.request(
      RTM_GETLINK,
      0,
      `find interface ${name}`,
      new Uint8Array(IFINFO_LENGTH),
      attribute,
    );
    if (message !== undefined) return decodeLink(message);
  } catch (error) {
    if (!(error instanceof SystemCallError && error.errno === ENODEV)) throw error;
  }
  throw new TandemError({
    code: 'linux.no-interface',
    culprit: 'operator',
    message: `there is no interface ${name} on this machine`,
    hint: 'see which interfaces exist: ip -brief link',
  });
}

/** For a message of type `RTM_NEWLINK` or `RTM_DELLINK`. */
export function decodeLink(message: Message): Link {
  const view = viewOf(message.body);
  const flags = view.getUint32(8, true);
  const attributes = decodeAttributes(message.body, IFINFO_LENGTH);
  const name = new TextDecoder()
    .decode(attributes.get(IFLA_IFNAME) ?? new Uint8Array())
    .replace(/\0.*$/s, '');
  return {
    index: view.getInt32(4, true),
    name,
    mac: (attributes.get(IFLA_ADDRESS) ?? new Uint8Array(6)).slice(),
    up: (flags & IFF_UP) !== 0 && (flags & IFF_LOWER_UP) !== 0,
  };
}
