/** Sends one VRRP packet as it is: `send-packet.ts SOURCE TTL HEX [DESTINATION]`. Run on a host of a test network. */
import { fromHex } from '../../../src/core/bytes/hex.ts';
import { isMulticast, parseAddress } from '../../../src/core/net/address.ts';
import { IP_PROTOCOL } from '../../../src/core/vrrp/codec.ts';
import { AdvertisementSocket } from '../../../src/linux/advertisement-socket.ts';
import { Ipv6AdvertisementSocket } from '../../../src/linux/ipv6-advertisement-socket.ts';
import { setIntOption } from '../../../src/linux/libc.ts';
import { readLink } from '../../../src/linux/netlink/link.ts';
import { NetlinkSocket } from '../../../src/linux/netlink/socket.ts';

const IPPROTO_IP = 0;
const IP_MULTICAST_TTL = 33;

const [from = '', ttl = '', hex = '', to = '224.0.0.18'] = process.argv.slice(2);
const source = parseAddress(from);
const destination = parseAddress(to);
const payload = fromHex(hex);
if (source === undefined || destination === undefined || payload === undefined)
  throw new Error('usage: send-packet.ts SOURCE TTL HEX [DESTINATION]');
const Socket = source.family === 4 ? AdvertisementSocket : Ipv6AdvertisementSocket;
const socket = new Socket(readLink(new NetlinkSocket(), 'eth0'), IP_PROTOCOL, destination, source);
if (source.family === 4 && isMulticast(destination))
  setIntOption(socket.fd, IPPROTO_IP, IP_MULTICAST_TTL, Number(ttl), 'set the TTL');
socket.send(payload);
