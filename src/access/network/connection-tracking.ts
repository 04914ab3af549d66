import { formatIpv4 } from '../../core/openvpn/ipv4.ts';
import {
  checkedAddress,
  checkedInterface,
  checkedNetwork,
  checkedNetwork6,
  checkedPath,
} from '../openvpn/syntax.ts';

/** conntrackd's own port, by IANA. */
export const connectionTrackingPort = 3780;

export interface ConnectionTrackingSpec {
  /** The interface and the addresses by which the two nodes tell each other, and nobody else. */
  readonly interface: string;
  readonly address: string;
  readonly peerAddress: string;
  /** In CIDR form: connections of VPN clients are told, and no others. */
  readonly vpnNetwork: string;
  /** The same over IPv6; empty for none. */
  readonly vpnNetwork6: string;
  /** Absolute paths. */
  readonly lockFile: string;
  readonly controlSocket: string;
}

/** A busy node: about a hundred connections for each of several hundred clients. */
const mostConnections = 131_072;

/**
 * conntrackd.conf(5). FTFW repeats what is lost on the way; without the external cache a connection is in the other
 * kernel the moment it is told, and a takeover has nothing to run or to wait for.
 * @throws TandemError `access.openvpn.bad-value`
 */
export function renderConnectionTracking(spec: ConnectionTrackingSpec): string {
  const network = checkedNetwork('VPN network', spec.vpnNetwork);
  const over6 = spec.vpnNetwork6 === '' ? '' : checkedNetwork6('VPN network', spec.vpnNetwork6);
  return `Sync {
  Mode FTFW {
    DisableExternalCache yes
    ResendQueueSize ${mostConnections}
  }
  UDP {
    IPv4_address ${checkedAddress('address', spec.address)}
    IPv4_Destination_Address ${checkedAddress('peer address', spec.peerAddress)}
    Port ${connectionTrackingPort}
    Interface ${checkedInterface('interface', spec.interface)}
    SndSocketBuffer 1249280
    RcvSocketBuffer 1249280
    Checksum yes
  }
}
General {
  Systemd no
  Syslog no
  LogFile no
  HashSize ${mostConnections / 8}
  HashLimit ${mostConnections}
  LockFile ${checkedPath('lock file', spec.lockFile)}
  UNIX {
    Path ${checkedPath('control socket', spec.controlSocket)}
  }
  NetlinkBufferSize 2097152
  NetlinkBufferSizeMaxGrowth 8388608
  Filter From Userspace {
    Protocol Accept {
      TCP
      UDP
      ICMP
      IPv6-ICMP
    }
    Address Accept {
      IPv4_address ${formatIpv4(network.address)}/${network.prefix}${over6 === '' ? '' : `\n      IPv6_address ${over6}`}
    }
  }
}
`;
}
