import { readFileSync, writeFileSync } from 'node:fs';
import { virtualRouterMac } from '../core/net/advertisement-frame.ts';
import type { Link } from './netlink/link.ts';
import { addMacvlan, findAliased, removeLink } from './netlink/macvlan.ts';
import type { NetlinkSocket } from './netlink/socket.ts';

/** How the interface says that it is ours, and what the card's settings were before: the ledger that survives a kill. */
const ALIAS = /^tandem heartbeat: (\S+) had arp_ignore (\d) arp_announce (\d)$/;

/**
 * Makes the interface `vrrpFAMILY-VRID-INDEX` beside `parent`. The card itself stops to answer for addresses that are not
 * on it, and to ask in their name (Documentation/networking/ip-sysctl.rst), so that neighbours learn the virtual MAC
 * alone. Whatever an earlier run that was killed left is taken away first. The interface is down: who does not hold the
 * address must not take what is sent to that MAC (RFC 9568 §6.4.2).
 */
export function addVirtualMac(netlink: NetlinkSocket, parent: Link, vrid: number, family: 4 | 6): Link {
  removeVirtualMac(netlink, parent.index, vrid, family);
  const name = nameOf(parent.index, vrid, family);
  const before = ['arp_ignore', 'arp_announce'].map((key) => `${key} ${read(parent.name, key)}`);
  const link = addMacvlan(netlink, {
    parentIndex: parent.index,
    name,
    mac: virtualRouterMac(vrid, family),
    alias: `tandem heartbeat: ${parent.name} had ${before.join(' ')}`,
  });
  // No address of its own: only what the virtual router has belongs there.
  writeWhereThere(`ipv6/conf/${name}/addr_gen_mode`, '1');
  writeWhereThere(`ipv6/conf/${name}/accept_ra`, '0');
  write(name, 'arp_ignore', 1);
  // What comes for the virtual MAC is answered by way of the card: loose, the highest of all values counts.
  write(name, 'rp_filter', 2);
  if (family === 4) {
    raise(parent.name, 'arp_ignore', 1);
    raise(parent.name, 'arp_announce', 2);
  }
  return link;
}

/** Takes the interface away with its addresses and puts the card's settings back; does nothing when it is not ours or not there. */
export function removeVirtualMac(
  netlink: NetlinkSocket,
  parentIndex: number,
  vrid: number,
  family: 4 | 6,
): boolean {
  const found = findAliased(netlink, nameOf(parentIndex, vrid, family));
  const noted = ALIAS.exec(found?.alias ?? '');
  if (found === undefined || noted === null) return false;
  const [, parent = '', ignore = '0', announce = '0'] = noted;
  if (family === 4) {
    writeWhereThere(`ipv4/conf/${parent}/arp_ignore`, ignore);
    writeWhereThere(`ipv4/conf/${parent}/arp_announce`, announce);
  }
  removeLink(netlink, found.link.index);
  return true;
}

function nameOf(parentIndex: number, vrid: number, family: 4 | 6): string {
  return `vrrp${family}-${vrid}-${parentIndex}`;
}

function read(interfaceName: string, key: string): number {
  return Number(readFileSync(`/proc/sys/net/ipv4/conf/${interfaceName}/${key}`, 'utf8'));
}

function write(interfaceName: string, key: string, value: number): void {
  writeFileSync(`/proc/sys/net/ipv4/conf/${interfaceName}/${key}`, String(value));
}

function raise(interfaceName: string, key: string, least: number): void {
  if (read(interfaceName, key) < least) write(interfaceName, key, least);
}

/** A card that is gone took its settings with it; a kernel without IPv6 has none for it. */
function writeWhereThere(setting: string, value: string): void {
  try {
    writeFileSync(`/proc/sys/net/${setting}`, value);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
