import { neighbourOf } from '../core/net/shared-address.ts';
import { bareAddress, bareNetwork } from '../settings/network.ts';
import type { ProbeAnswer } from './contract.ts';

/** `skipped`: something that had to be seen first was not. */
type RowState = 'pending' | 'good' | 'warning' | 'problem' | 'skipped';

/** One thing that was looked at, in words; `remedy` says what to do about it. */
export interface Row {
  readonly id: string;
  readonly title: string;
  readonly state: RowState;
  readonly sentence: string;
  readonly remedy: string | null;
}

export interface Plan {
  /** Without its prefix length. */
  readonly virtualAddress: string;
  readonly prefixLength: number;
  /** With its prefix length. */
  readonly address6?: string | undefined;
  readonly virtualMac?: boolean | undefined;
  readonly vhid: number;
  readonly own: { readonly name: string; readonly address: string; readonly prefixLength: number };
  readonly peerAddress: string;
  /** By which ways heartbeats are to go on the LAN, and whether there is to be another one. */
  readonly multicast: boolean;
  readonly unicast: boolean;
  readonly second: boolean;
}

const leastSpaceBytes = 500_000_000;
/** Each profile has a file, and a takeover must not wait for one. */
const leastFiles = 10_000;
const furthestClocksMs = 1_000;

const titles = {
  subnet: 'All addresses are in the same subnet',
  reach: 'The second node can be reached over SSH',
  ready: 'The second node is ready to be paired',
  versions: 'Both nodes run the same version',
  openvpn: 'OpenVPN is there on both nodes',
  clocks: 'The clocks agree',
  subnet6: 'The shared IPv6 address fits both nodes',
  address: 'Nobody else has the virtual address',
  vhid: 'Nobody else has the VHID',
  multicast: 'Multicast crosses, both ways',
  unicast: 'Unicast crosses, both ways',
  second: 'The other cable carries heartbeats, both ways',
  ports: 'The ports are free',
  space: 'There is space on both disks',
  platform: 'The platform lets an address move',
} as const;

export type RowId = keyof typeof titles;

/** What is looked at for this plan, in order. */
export function rowIds({ address6, second }: Pick<Plan, 'address6' | 'second'>): readonly RowId[] {
  const left: Partial<Record<RowId, boolean>> = { subnet6: address6 === undefined, second: !second };
  return (Object.keys(titles) as RowId[]).filter((id) => left[id] !== true);
}

export function pendingRow(id: RowId): Row {
  return { id, title: titles[id], state: 'pending', sentence: 'Being looked at.', remedy: null };
}

export function good(id: RowId, sentence: string): Row {
  return { id, title: titles[id], state: 'good', sentence, remedy: null };
}

export function problem(id: RowId, sentence: string, remedy: string): Row {
  return { id, title: titles[id], state: 'problem', sentence, remedy };
}

export function skipped(id: RowId, sentence: string): Row {
  return { id, title: titles[id], state: 'skipped', sentence, remedy: null };
}

function warning(id: RowId, sentence: string, remedy: string): Row {
  return { id, title: titles[id], state: 'warning', sentence, remedy };
}

/** What the plan itself says, before anybody is asked. */
export function planRow({ virtualAddress, prefixLength, own, peerAddress }: Plan): Row {
  const lan = bareNetwork(own.address, own.prefixLength);
  const choose = `Choose an unused address of ${lan}`;
  if (bareNetwork(virtualAddress, own.prefixLength) !== lan)
    return problem('subnet', `The virtual address ${virtualAddress} is not in ${lan}.`, choose);
  if (prefixLength !== own.prefixLength)
    return problem(
      'subnet',
      `The prefix of ${virtualAddress} is /${prefixLength}; the LAN's is /${own.prefixLength}.`,
      choose,
    );
  if (virtualAddress === own.address || virtualAddress === peerAddress)
    return problem('subnet', `${virtualAddress} is a node's own address.`, choose);
  if (bareNetwork(peerAddress, own.prefixLength) !== lan)
    return problem(
      'subnet',
      `The second node, ${peerAddress}, is not in ${lan}.`,
      'Both nodes belong on one LAN',
    );
  if (peerAddress === own.address)
    return problem('subnet', `${peerAddress} is this very node.`, "Name the other machine's address");
  return good('subnet', `${own.address}, ${peerAddress} and ${virtualAddress} are in ${lan}.`);
}

/** Everything that takes both nodes' answers; `answeredAtMs`: when the other's was here, by this node's clock. */
export function probeRows(plan: Plan, own: ProbeAnswer, peer: ProbeAnswer, answeredAtMs: number): Row[] {
  return [
    versions(own, peer),
    openvpn(own, peer),
    clocks(peer, answeredAtMs),
    ...(plan.address6 === undefined ? [] : [subnet6(plan, plan.address6, own, peer)]),
    addressFree(plan, [own, peer]),
    vhidFree(plan, [own, peer]),
    crossing('multicast', plan, own, peer),
    crossing('unicast', plan, own, peer),
    ...(plan.second ? [secondWay(own, peer)] : []),
    ports(plan, own, peer),
    space(own, peer),
    platform(plan, own, peer),
  ];
}

function versions(own: ProbeAnswer, peer: ProbeAnswer): Row {
  if (own.product === peer.product) return good('versions', `Tandem ${own.product} on both.`);
  return problem(
    'versions',
    `This node runs ${own.product}, the second ${peer.product}.`,
    'Install the same version on both',
  );
}

function openvpn(own: ProbeAnswer, peer: ProbeAnswer): Row {
  if (own.openvpn === null || peer.openvpn === null) {
    const where = own.openvpn === null ? 'this node' : 'the second node';
    return problem('openvpn', `OpenVPN is missing on ${where}.`, 'Run there: apt-get install openvpn');
  }
  if (own.openvpn !== peer.openvpn)
    return warning(
      'openvpn',
      `OpenVPN ${own.openvpn} here, ${peer.openvpn} there.`,
      'Bring both to the same version',
    );
  if (own.kernelChannel !== peer.kernelChannel)
    return warning(
      'openvpn',
      `OpenVPN ${own.openvpn} on both, but only ${own.kernelChannel ? 'this node' : 'the second node'} has its data channel in the kernel (DCO).`,
      'Load or unload the module ovpn there; it matters with the setting dataChannel=kernel alone',
    );
  return good('openvpn', `OpenVPN ${own.openvpn} on both.`);
}

function clocks(peer: ProbeAnswer, answeredAtMs: number): Row {
  const apartMs = Math.abs(peer.clockMs - answeredAtMs);
  if (apartMs <= furthestClocksMs) return good('clocks', `They are less than a second apart.`);
  return problem(
    'clocks',
    `They are ${(apartMs / 1_000).toFixed(1)} s apart: tokens and one-time codes depend on them.`,
    'Run on both: timedatectl set-ntp true',
  );
}

function subnet6({ own: { name } }: Plan, address6: string, own: ProbeAnswer, peer: ProbeAnswer): Row {
  const ends = [
    [name, neighbourOf(address6, own.ownAddresses)],
    ['the second node', neighbourOf(address6, peer.ownAddresses)],
  ] as const;
  const choose = 'Choose an unused address of a network in which both nodes have one: ip -6 address show';
  for (const [who, near] of ends) {
    if (near === undefined)
      return problem('subnet6', `${who} has no address in the network of ${address6}.`, choose);
    if (near === address6) return problem('subnet6', `${address6} is an address of ${who} itself.`, choose);
  }
  return good('subnet6', `${ends.map(([, near]) => near).join(' and ')} are in its network.`);
}

function addressFree({ virtualAddress, address6 }: Plan, probes: readonly ProbeAnswer[]): Row {
  const wanted = [virtualAddress, ...(address6 === undefined ? [] : [bareAddress(address6)])];
  const claims = new Map(probes.flatMap((one) => one.claims.map(({ address, mac }) => [mac, address])));
  if (claims.size === 0) return good('address', `Nobody answers for ${wanted.join(' or ')}.`);
  return problem(
    'address',
    `${[...new Set(claims.values())].join(' and ')} is taken: ${[...claims.keys()].join(' and ')} answers for it.`,
    'Choose another address, or take this one from that machine',
  );
}

function vhidFree({ vhid }: Plan, probes: readonly ProbeAnswer[]): Row {
  const all = probes.flatMap(({ advertisers }) => advertisers);
  const [user] = all.filter((one) => one.vhid === vhid);
  if (user === undefined) {
    const others = [...new Set(all.map((one) => one.vhid))].toSorted((a, b) => a - b);
    return good(
      'vhid',
      others.length === 0 ? `No other pair is on this LAN.` : `In use are ${others.join(', ')}.`,
    );
  }
  return problem(
    'vhid',
    `${user.source} uses VHID ${vhid} (${user.protocol}).`,
    `A free one is ${freeVhid(all)}`,
  );
}

/** The lowest that nobody uses, from 51 on: the numbers below are what other products begin with. */
export function freeVhid(seen: readonly { readonly vhid: number }[]): number {
  const used = new Set(seen.map(({ vhid }) => vhid));
  const order = [
    ...Array.from({ length: 205 }, (_, index) => 51 + index),
    ...Array.from({ length: 50 }, (_, index) => 50 - index),
  ];
  return order.find((vhid) => !used.has(vhid)) ?? 51;
}

function crossing(way: 'multicast' | 'unicast', plan: Plan, own: ProbeAnswer, peer: ProbeAnswer): Row {
  const other = way === 'multicast' ? 'unicast' : 'multicast';
  if (!plan[way] && !plan[other])
    return problem(way, 'Heartbeats would go no way on the LAN.', 'Leave multicast or unicast on');
  if (!plan[way]) return good(way, `Not used: heartbeats go by ${other}.`);
  const name = way === 'multicast' ? 'Multicast (protocol 112)' : 'Unicast (protocol 112)';
  if (own.heard[way] && peer.heard[way]) return good(way, `${name} arrives on both nodes.`);
  const where =
    !own.heard[way] && !peer.heard[way] ? 'either node' : own.heard[way] ? 'the second node' : 'this node';
  const sentence = `${name} does not arrive on ${where}.`;
  const remedy = 'Let IP protocol 112 pass in the firewalls of both nodes and on the switch (IGMP snooping)';
  if (plan[other] && own.heard[other] && peer.heard[other])
    return warning(way, `${sentence} The pair works by ${other} alone.`, remedy);
  return problem(way, sentence, remedy);
}

function secondWay(own: ProbeAnswer, peer: ProbeAnswer): Row {
  const missing =
    own.second === 'missing' ? 'this node' : peer.second === 'missing' ? 'the second node' : undefined;
  if (missing !== undefined)
    return problem(
      'second',
      `There is no such interface with that address on ${missing}.`,
      'See there: ip -brief address',
    );
  if (own.second === 'heard' && peer.second === 'heard')
    return good('second', 'Heartbeats arrive on both nodes.');
  return problem(
    'second',
    `Heartbeats do not arrive on ${own.second === 'heard' ? 'the second node' : peer.second === 'heard' ? 'this node' : 'either node'}.`,
    'See that the cable is plugged in and IP protocol 112 passes there',
  );
}

function ports(plan: Plan, own: ProbeAnswer, peer: ProbeAnswer): Row {
  const taken = [
    ...own.portsTaken.map((port) => `${port} on ${plan.own.name}`),
    ...peer.portsTaken.map((port) => `${port} on the second node`),
  ];
  if (taken.length === 0) return good('ports', 'What the VPN listens on is free on both nodes.');
  return problem(
    'ports',
    `Another program has ${taken.join(', ')}.`,
    'Stop it, or choose another port for the VPN',
  );
}

function space(own: ProbeAnswer, peer: ProbeAnswer): Row {
  const least = Math.min(own.freeBytes, peer.freeBytes);
  const gigabytes = (least / 1_000_000_000).toFixed(1);
  if (least < leastSpaceBytes)
    return problem('space', `Only ${gigabytes} GB are free on one of them.`, 'Make space in /var/lib');
  const files = Math.min(...[own, peer].map(({ freeFiles }) => freeFiles ?? Number.POSITIVE_INFINITY));
  if (files < leastFiles)
    return problem(
      'space',
      `Only ${files} more files can be made on one of them (inodes).`,
      'See which folder holds so many: df -i, du --inodes /var/lib',
    );
  return good('space', `At least ${gigabytes} GB are free on each.`);
}

/** What moves an address there; the heartbeat's ARP does not. */
const clouds: Readonly<Record<string, { readonly name: string; readonly instead: string }>> = {
  aws: {
    name: 'AWS',
    instead:
      'a secondary private address that the EC2 API hands over (AssignPrivateIpAddresses), or an Elastic IP',
  },
  azure: { name: 'Azure', instead: 'a load balancer with a health probe, or a route that the API changes' },
  gcp: {
    name: 'Google Cloud',
    instead: 'a route or an alias address that the API changes, or a load balancer',
  },
};

const forgedMacs =
  'Allow forged transmits and MAC address changes on the port group of both nodes, or leave the virtual MAC out';
const spoofing =
  'Enable MAC address spoofing on the network adapter of both machines, or leave the virtual MAC out';

function platform({ virtualMac }: Plan, own: ProbeAnswer, peer: ProbeAnswer): Row {
  const stuck = [own, peer].findIndex(({ bindsAhead }) => !bindsAhead);
  if (stuck >= 0)
    return problem(
      'platform',
      `The kernel of ${stuck === 0 ? 'this node' : 'the second node'} cannot be told to let OpenVPN wait at an address that is not there yet: /proc/sys is read-only.`,
      'Run there, or on its host: sysctl net.ipv4.ip_nonlocal_bind=1',
    );
  const crosses = own.heard.multicast && peer.heard.multicast;
  for (const { platform: one } of [own, peer]) {
    const cloud = clouds[one];
    if (cloud !== undefined && !crosses) {
      return problem(
        'platform',
        `${cloud.name} filters multicast, and an address does not move by ARP there.`,
        `Pair machines on a LAN of your own. Instead: tandem heartbeat run with unicast, and a hook that moves ${cloud.instead}`,
      );
    }
    if ((one === 'hyper-v' || one === 'vmware') && virtualMac === true) {
      return one === 'vmware'
        ? warning(
            'platform',
            'ESXi drops frames with a MAC that is not the card\u2019s: the virtual MAC is one.',
            forgedMacs,
          )
        : warning(
            'platform',
            'Hyper-V drops frames with a MAC that is not the card\u2019s: the virtual MAC is one.',
            spoofing,
          );
    }
    if (one === 'hyper-v' || one === 'vmware') {
      return good(
        'platform',
        `${one === 'vmware' ? 'ESXi' : 'Hyper-V'}: nothing to change, for the address moves with the card's own MAC.`,
      );
    }
  }
  return good('platform', 'Nothing is known that would keep an address from moving.');
}
