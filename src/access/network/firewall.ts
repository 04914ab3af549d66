import { parseAccessRule } from '../../core/accounts/access-rule.ts';
import { parseAddress } from '../../core/net/address.ts';
import { formatIpv4 } from '../../core/openvpn/ipv4.ts';
import type { AccessPolicy } from '../../core/vpn/access-policy.ts';
import {
  badValue,
  checkedAddress,
  checkedAnyAddress,
  checkedInteger,
  checkedInterface,
  checkedNetwork,
  checkedNetwork6,
} from '../openvpn/syntax.ts';
import { connectionTrackingPort } from './connection-tracking.ts';
import { renderWatch, type WatchSpec } from './stranger-watch.ts';

export interface FirewallSpec {
  /** In CIDR form. */
  readonly vpnNetwork: string;
  /** Empty for none. */
  readonly vpnNetwork6: string;
  /** The virtual address: what clients' traffic is translated to on its way to the LAN. */
  readonly sourceAddress: string;
  /** The same over IPv6; left out: the node's own, and connections over IPv6 end with the node. */
  readonly sourceAddress6?: string | undefined;
  readonly vpnDevices: readonly string[];
  readonly lanInterface: string;
  /** `routed`: nothing is translated on its way to `routes`, and from there connections may be opened to clients. */
  readonly access: 'nat' | 'routed';
  readonly routes: readonly string[];
  readonly clientToClient: boolean;
  /** What each client may reach; who is in none of them reaches nothing. */
  readonly policies: readonly AccessPolicy[];
  /** Where this node itself listens on the virtual address: there the kernel's own answer is the right one. */
  readonly ownTcpPorts?: readonly number[];
  /** The other node: nobody else may tell of connections. */
  readonly peerAddress?: string | undefined;
  /** Clients that move, or are silenced, are noticed on this port. */
  readonly watch?: Omit<WatchSpec, 'address'> | undefined;
}

/** What to feed to `nft -f -` to take the table away again, whether it is there or not. */
export const REMOVE_FIREWALL = 'table inet tandem\ndelete table inet tandem\n';

/**
 * Our one nftables table, for `nft -f -`. One transaction takes the old table away and puts the new one in place; no
 * packet meets the time between.
 *
 * `arrived`: a TCP connection that moved here with the address is unknown to this kernel, which would answer its packets
 * with a reset and end it at both sides. Dropped instead, the connection lives until the client speaks and its state is
 * learned again from its own packet. Clients of OpenVPN over TCP are to meet the reset: it is how they notice.
 *
 * `from_client`: each client keeps its address, so what it may reach is known before it comes, on both nodes. It is asked
 * for every packet: whoever loses the right loses the connection too.
 * @throws TandemError `access.openvpn.bad-value`
 */
export function renderFirewall(spec: FirewallSpec): string {
  const network = checkedNetwork('VPN network', spec.vpnNetwork);
  const vpn = `${formatIpv4(network.address)}/${network.prefix}`;
  const vpn6 = spec.vpnNetwork6 === '' ? undefined : checkedNetwork6('VPN network', spec.vpnNetwork6);
  const address = checkedAddress('virtual address', spec.sourceAddress);
  const address6 =
    spec.sourceAddress6 === undefined ? undefined : checkedAnyAddress('virtual address', spec.sourceAddress6);
  const devices = `{ ${spec.vpnDevices.map((device) => `"${checkedInterface('VPN device', device)}"`).join(', ')} }`;
  const lan = checkedInterface('LAN interface', spec.lanInterface);
  const watch = spec.watch === undefined ? '' : renderWatch({ address, ...spec.watch });
  const lines = [
    'chain arrived {',
    '  type filter hook input priority filter; policy accept;',
    `  ${tellers(spec.peerAddress)}`,
    ...[`ip daddr ${address}`, ...(address6 === undefined ? [] : [`ip6 daddr ${address6}`])].map(
      (arrived) =>
        `  ${arrived}${otherThan(spec.ownTcpPorts ?? [])} tcp flags & (syn | rst) == 0 ct state { new, invalid, untracked } drop`,
    ),
    '}',
    'chain forward {',
    '  type filter hook forward priority filter; policy accept;',
    `  iifname ${devices} jump from_client`,
    `  oifname ${devices} jump to_client`,
    '}',
    'chain from_client {',
    '  ct state invalid drop',
    `  meta nfproto ipv4 ip saddr != ${vpn} drop`,
    `  meta nfproto ipv6 ${vpn6 === undefined ? '' : `ip6 saddr != ${vpn6} `}drop`,
    '  ct direction reply ct state established,related accept',
    ...(spec.clientToClient ? [] : [`  oifname ${devices} drop`]),
    ...verdicts(spec.policies),
    '  drop',
    '}',
    'chain to_client {',
    '  ct state established,related accept',
    ...(spec.access === 'routed' ? fromNetworks(spec.routes) : []),
    '  drop',
    '}',
    ...spec.policies.flatMap(({ allow }, index) => [
      `chain may_${index} {`,
      ...allow.map((rule) => `  ${allowed(rule)} accept`),
      '  drop',
      '}',
    ]),
    'chain postrouting {',
    '  type nat hook postrouting priority srcnat; policy accept;',
    ...translation(spec, [vpn, address], [vpn6, address6], lan),
    '}',
  ];
  return `${REMOVE_FIREWALL}table inet tandem {\n${watch}${lines.map((line) => `  ${line}`).join('\n')}\n}\n`;
}

function verdicts(policies: readonly AccessPolicy[]): string[] {
  const entries = policies.flatMap(({ addresses }, index) =>
    addresses.map((address) => ({ address: checkedAnyAddress('client address', address), index })),
  );
  return ([4, 6] as const).flatMap((family) => {
    const ofFamily = entries.filter(({ address }) => parseAddress(address)?.family === family);
    if (ofFamily.length === 0) return [];
    const map = ofFamily.map(({ address, index }) => `${address} : goto may_${index}`).join(', ');
    return [`  ${family === 4 ? 'ip' : 'ip6'} saddr vmap { ${map} }`];
  });
}

function allowed(text: string): string {
  const rule = parseAccessRule(text);
  if (rule === undefined) throw badValue('access rule', JSON.stringify(text), 'is none');
  const { network, family, protocol, ports } = rule;
  const where = `${family === 4 ? 'ip' : 'ip6'} daddr ${network}`;
  if (protocol === undefined) return where;
  const ranges = ports.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(', ');
  return `${where} ${ports.length === 0 ? `meta l4proto ${protocol}` : `${protocol} dport { ${ranges} }`}`;
}

function fromNetworks(routes: readonly string[]): string[] {
  return routes.map((route) => `  ${inNetwork('saddr', route)} accept`);
}

/** What leaves with a client's own address and what with the node's. */
function translation(
  spec: FirewallSpec,
  [vpn, address]: readonly [string, string],
  [vpn6, address6]: readonly [string | undefined, string | undefined],
  lan: string,
): string[] {
  const untouched =
    spec.access === 'routed' ? spec.routes.map((route) => `  ${inNetwork('daddr', route)} return`) : [];
  return [
    ...untouched,
    `  oifname "${lan}" ip saddr ${vpn} snat ip to ${address}`,
    ...(vpn6 === undefined
      ? []
      : [
          `  oifname "${lan}" ip6 saddr ${vpn6} ${address6 === undefined ? 'masquerade' : `snat ip6 to ${address6}`}`,
        ]),
  ];
}

function inNetwork(end: 'saddr' | 'daddr', text: string): string {
  const rule = parseAccessRule(text);
  if (rule === undefined || rule.protocol !== undefined)
    throw badValue('route', JSON.stringify(text), 'is no network');
  return `${rule.family === 4 ? 'ip' : 'ip6'} ${end} ${rule.network}`;
}

function otherThan(ports: readonly number[]): string {
  if (ports.length === 0) return '';
  return ` tcp dport != { ${ports.map((port) => checkedInteger('port', port, 1, 65_535)).join(', ')} }`;
}

function tellers(peer: string | undefined): string {
  const from = peer === undefined ? '' : `ip saddr != ${checkedAddress('peer address', peer)} `;
  return `udp dport ${connectionTrackingPort} ${from}drop`;
}
