import { ENODEV } from '../libc.ts';
import { SystemCallError } from '../system-call-error.ts';
import { decodeLink, IFINFO_LENGTH, type Link, RTM_DELLINK, RTM_NEWLINK } from './link.ts';
import { decodeAttributes, encodeAttribute, viewOf } from './message.ts';
import { type NetlinkSocket, NLM_F_CREATE, NLM_F_EXCL } from './socket.ts';

const RTM_GETLINK = 18;
const IFLA_ADDRESS = 1;
const IFLA_IFNAME = 3;
const IFLA_LINK = 5;
const IFLA_LINKINFO = 18;
const IFLA_IFALIAS = 20;
const IFLA_INFO_KIND = 1;
const IFLA_INFO_DATA = 2;
const IFLA_MACVLAN_MODE = 1;
/** Several on one card do not hear each other, only what is outside. */
const MODE_PRIVATE = 1;
const IFF_UP = 1;

/** Adds an interface with a MAC of its own to the card `parentIndex`; it is down. `alias` says who made it and why. */
export function addMacvlan(
  netlink: NetlinkSocket,
  plan: {
    readonly parentIndex: number;
    readonly name: string;
    readonly mac: Uint8Array;
    readonly alias: string;
  },
): Link {
  const { parentIndex, name, mac, alias } = plan;
  netlink.request(
    RTM_NEWLINK,
    NLM_F_CREATE | NLM_F_EXCL,
    `add interface ${name}`,
    new Uint8Array(IFINFO_LENGTH),
    encodeAttribute(IFLA_IFNAME, text(name)),
    encodeAttribute(IFLA_LINK, number32(parentIndex)),
    encodeAttribute(IFLA_ADDRESS, mac),
    encodeAttribute(
      IFLA_LINKINFO,
      joined(
        encodeAttribute(IFLA_INFO_KIND, text('macvlan')),
        encodeAttribute(IFLA_INFO_DATA, encodeAttribute(IFLA_MACVLAN_MODE, number32(MODE_PRIVATE))),
      ),
    ),
  );
  const made = findAliased(netlink, name);
  if (made === undefined) throw new SystemCallError('netlink', `find interface ${name}`, ENODEV);
  const body = interfaceBody(made.link.index);
  netlink.request(RTM_NEWLINK, 0, `name interface ${name}`, body, encodeAttribute(IFLA_IFALIAS, text(alias)));
  return made.link;
}

/** Switches an interface on or off. */
export function switchLink(netlink: NetlinkSocket, index: number, on: boolean): void {
  netlink.request(
    RTM_NEWLINK,
    0,
    `switch an interface ${on ? 'on' : 'off'}`,
    interfaceBody(index, on, IFF_UP),
  );
}

/** Does nothing when there is none any more. */
export function removeLink(netlink: NetlinkSocket, index: number): void {
  try {
    netlink.request(RTM_DELLINK, 0, 'remove an interface', interfaceBody(index));
  } catch (error) {
    if (!(error instanceof SystemCallError && error.errno === ENODEV)) throw error;
  }
}

/** The interface of that name with its alias; undefined when there is none. */
export function findAliased(netlink: NetlinkSocket, name: string): { link: Link; alias: string } | undefined {
  try {
    const [message] = netlink.request(
      RTM_GETLINK,
      0,
      `find interface ${name}`,
      new Uint8Array(IFINFO_LENGTH),
      encodeAttribute(IFLA_IFNAME, text(name)),
    );
    if (message === undefined) return undefined;
    const alias = decodeAttributes(message.body, IFINFO_LENGTH).get(IFLA_IFALIAS);
    return {
      link: decodeLink(message),
      alias: alias === undefined ? '' : new TextDecoder().decode(alias).replace(/\0.*$/s, ''),
    };
  } catch (error) {
    if (error instanceof SystemCallError && error.errno === ENODEV) return undefined;
    throw error;
  }
}

/** `struct ifinfomsg` (rtnetlink(7)): of the flags only those in `changed` count. */
function interfaceBody(index: number, on = false, changed = 0): Uint8Array {
  const body = new Uint8Array(IFINFO_LENGTH);
  const view = viewOf(body);
  view.setInt32(4, index, true);
  view.setUint32(8, on ? changed : 0, true);
  view.setUint32(12, changed, true);
  return body;
}

function text(value: string): Uint8Array {
  return new TextEncoder().encode(`${value}\0`);
}

function number32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  viewOf(bytes).setUint32(0, value, true);
  return bytes;
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}
