import { formatIpv4 } from '../../core/openvpn/ipv4.ts';
import { checkedAddress, checkedInterface, checkedNetwork } from '../openvpn/syntax.ts';

export interface FirewallSpec {
  /** In CIDR form. */
  readonly vpnNetwork: string;
  /** The virtual address: what clients' traffic is translated to on its way to the LAN. */
  readonly sourceAddress: string;
  readonly vpnDevice: string;
  readonly lanInterface: string;
}

/** What to feed to `nft -f -` to take the table away again, whether it is there or not. */
export const REMOVE_FIREWALL = 'table inet tandem\ndelete table inet tandem\n';

/**
 * Our one nftables table, for `nft -f -`. One transaction takes the old table away and puts the new one in place; no
 * packet meets the time between.
 *
 * `arrived`: a TCP connection that moved here with the address is unknown to this kernel, which would answer its packets
 * with a reset and end it at both sides. Dropped instead, the connection lives until the client speaks and its state is
 * learned again from its own packet.
 * @throws TandemError `access.openvpn.bad-value`
 */
export function renderFirewall(spec: FirewallSpec): string {
  const network = checkedNetwork('VPN network', spec.vpnNetwork);
  const vpn = `${formatIpv4(network.address)}/${network.prefix}`;
  const address = checkedAddress('virtual address', spec.sourceAddress);
  const device = checkedInterface('VPN device', spec.vpnDevice);
  const lan = checkedInterface('LAN interface', spec.lanInterface);
  return `${REMOVE_FIREWALL}table inet tandem {
  chain arrived {
    type filter hook input priority filter; policy accept;
    ip daddr ${address} tcp flags & (syn | rst) == 0 ct state { new, invalid, untracked } drop
  }
  chain forward {
    type filter hook forward priority filter; policy accept;
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
