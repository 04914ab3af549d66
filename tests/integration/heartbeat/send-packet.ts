/** Sends one VRRP packet as it is: `send-packet.ts SOURCE TTL HEX`. Run on a host of a test network. */
import { fromHex } from '../../../src/core/bytes/hex.ts';
import { parseAddress } from '../../../src/core/net/address.ts';
import { IP_PROTOCOL, IPV4_GROUP } from '../../../src/core/vrrp/codec.ts';
import { AdvertisementSocket } from '../../../src/linux/advertisement-socket.ts';
import { setIntOption } from '../../../src/linux/libc.ts';
import { readLink } from '../../../src/linux/netlink/link.ts';
import { NetlinkSocket } from '../../../src/linux/netlink/socket.ts';

const IPPROTO_IP = 0;
const IP_MULTICAST_TTL = 33;

const [from = '', ttl = '', hex = ''] = process.argv.slice(2);
const source = parseAddress(from);
const payload = fromHex(hex);
if (source === undefined || payload === undefined) throw new Error('usage: send-packet.ts SOURCE TTL HEX');
const socket = new AdvertisementSocket(
  readLink(new NetlinkSocket(), 'eth0'),
  IP_PROTOCOL,
  IPV4_GROUP,
  source,
);
setIntOption(socket.fd, IPPROTO_IP, IP_MULTICAST_TTL, Number(ttl), 'set the TTL');
socket.send(payload);
