import { formatAddress, type IpAddress } from '../../core/net/address.ts';
import { SystemCallError } from '../system-call-error.ts';
import { encodeAttribute } from './message.ts';
import { type NetlinkSocket, NLM_F_CREATE, NLM_F_REPLACE } from './socket.ts';

const RTM_NEWROUTE = 24;
const RTM_DELROUTE = 25;
const RTA_DST = 1;
const RTA_OIF = 4;
const AF_INET = 2;
const AF_INET6 = 10;
const RT_TABLE_MAIN = 254;
const RT_SCOPE_LINK = 253;
const RTN_UNICAST = 1;
/** Who added the route, as `ip route` shows it (`proto 112`): us. */
const ORIGIN = 112;
const ESRCH = 3;

/** The way to one host, or to one client of the VPN: through that interface, instead of another way to the same host. */
export function setHostRoute(netlink: NetlinkSocket, address: IpAddress, interfaceIndex: number): void {
  const purpose = `set the route to ${formatAddress(address)}`;
  netlink.request(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE, purpose, ...parts(address, interfaceIndex));
}

/** False when there was none. */
export function removeHostRoute(netlink: NetlinkSocket, address: IpAddress, interfaceIndex: number): boolean {
  try {
    const purpose = `remove the route to ${formatAddress(address)}`;
    netlink.request(RTM_DELROUTE, 0, purpose, ...parts(address, interfaceIndex));
    return true;
  } catch (error) {
    if (error instanceof SystemCallError && error.errno === ESRCH) return false;
    throw error;
  }
}

/** struct rtmsg (rtnetlink(7)) and its attributes. */
function parts({ family, bytes }: IpAddress, interfaceIndex: number): readonly Uint8Array[] {
  const body = new Uint8Array(12);
  body.set([family === 4 ? AF_INET : AF_INET6, bytes.length * 8, 0, 0, RT_TABLE_MAIN, ORIGIN]);
  body.set([family === 4 ? RT_SCOPE_LINK : 0, RTN_UNICAST], 6);
  const index = new Uint8Array(4);
  new DataView(index.buffer).setUint32(0, interfaceIndex, true);
  return [body, encodeAttribute(RTA_DST, bytes), encodeAttribute(RTA_OIF, index)];
}
