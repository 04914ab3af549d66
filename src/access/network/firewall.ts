import { formatIpv4 } from '../../core/openvpn/ipv4.ts';
import { checkedAddress, checkedInteger, checkedInterface, checkedNetwork } from '../openvpn/syntax.ts';
import { connectionTrackingPort } from './connection-tracking.ts';
import { renderWatch, type WatchSpec } from './stranger-watch.ts';

export interface FirewallSpec {
  /** In CIDR form. */
  readonly vpnNetwork: string;
  /** The virtual address: what clients' traffic is translated to on its way to the LAN. */
  readonly sourceAddress: string;
  readonly vpnDevice: string;
  readonly lanInterface: string;
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
 * @throws TandemError `access.openvpn.bad-value`
 */
export function renderFirewall(spec: FirewallSpec): string {
  const network = checkedNetwork('VPN network', spec.vpnNetwork);
  const vpn = `${formatIpv4(network.address)}/${network.prefix}`;
  const address = checkedAddress('virtual address', spec.sourceAddress);
  const device = checkedInterface('VPN device', spec.vpnDevice);
  const lan = checkedInterface('LAN interface', spec.lanInterface);
  return `${REMOVE_FIREWALL}table inet tandem {
${spec.watch === undefined ? '' : renderWatch({ address, ...spec.watch })}  chain arrived {
    type filter hook input priority filter; policy accept;
    ${tellers(spec.peerAddress)}
    ip daddr ${address}${otherThan(spec.ownTcpPorts ?? [])} tcp flags & (syn | rst) == 0 ct state { new, invalid, untracked } drop
  }
  chain forward {
    type filter hook forward priority filter; policy accept;
    iifname "${device}" oifname "${lan}" ct state invalid drop
    iifname "${device}" ip saddr ${vpn} oifname "${lan}" accept
    iifname "${lan}" oifname "${device}" ct state established,related accept
    iifname "${device}" drop
    oifname "${device}" drop
  }
  chain postrouting {
    type nat hook postrouting priority srcnat; policy accept;
    oifname "${lan}" ip saddr ${vpn} snat ip to ${address}
  }
}
`;
}

function otherThan(ports: readonly number[]): string {
  if (ports.length === 0) return '';
  return ` tcp dport != { ${ports.map((port) => checkedInteger('port', port, 1, 65_535)).join(', ')} }`;
}

function tellers(peer: string | undefined): string {
  const from = peer === undefined ? '' : `ip saddr != ${checkedAddress('peer address', peer)} `;
  return `udp dport ${connectionTrackingPort} ${from}drop`;
}
