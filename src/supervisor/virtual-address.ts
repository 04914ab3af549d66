import type { Logger } from 'pino';
import { parsePrefix } from '../core/net/prefix.ts';
import { removeAddress } from '../linux/netlink/interface-address.ts';
import { readLink } from '../linux/netlink/link.ts';
import { NetlinkSocket } from '../linux/netlink/socket.ts';

/** Takes the virtual address off the interface if it is there: at once, over netlink, without another process. */
export function dropVirtualAddress(prefixedAddress: string, interfaceName: string, log: Logger): void {
  const prefix = parsePrefix(prefixedAddress);
  if (prefix === undefined) return;
  const netlink = new NetlinkSocket();
  try {
    if (removeAddress(netlink, readLink(netlink, interfaceName).index, prefix)) {
      log.warn({ address: prefixedAddress }, 'the heartbeat left the virtual address behind; it was removed');
    }
  } catch (error) {
    log.error({ err: error }, 'the virtual address could not be removed; its lease ends it');
  } finally {
    netlink.close();
  }
}
