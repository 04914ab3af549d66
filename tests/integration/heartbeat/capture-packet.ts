/** Prints the next advertisement that this host hears by multicast, in hex: `capture-packet.ts 4|6`. */
import { toHex } from '../../../src/core/bytes/hex.ts';
import { addressFromBytes } from '../../../src/core/net/address.ts';
import { IP_PROTOCOL, IPV4_GROUP, IPV6_GROUP } from '../../../src/core/vrrp/codec.ts';
import { AdvertisementSocket } from '../../../src/linux/advertisement-socket.ts';
import { Ipv6AdvertisementSocket } from '../../../src/linux/ipv6-advertisement-socket.ts';
import { listAddresses } from '../../../src/linux/netlink/interface-address.ts';
import { readLink } from '../../../src/linux/netlink/link.ts';
import { NetlinkSocket } from '../../../src/linux/netlink/socket.ts';

const family = process.argv[2] === '6' ? 6 : 4;
const netlink = new NetlinkSocket();
const link = readLink(netlink, 'eth0');
const any = addressFromBytes(new Uint8Array(4));
const own = listAddresses(netlink, link.index).find(
  ({ prefix }) => prefix.address.family === 6 && prefix.address.bytes[0] === 0xfe,
);
const source = family === 4 ? any : own?.prefix.address;
if (source === undefined) throw new Error('no address to listen with');
const Socket = family === 4 ? AdvertisementSocket : Ipv6AdvertisementSocket;
const socket = new Socket(link, IP_PROTOCOL, family === 4 ? IPV4_GROUP : IPV6_GROUP, source);
const end = Date.now() + 10_000;
for (;;) {
  const datagram = socket.receive();
  if (datagram !== undefined && datagram.payload.length > 0) {
    process.stdout.write(`${toHex(datagram.payload)}\n`);
    break;
  }
  if (Date.now() > end) throw new Error('nothing was heard in ten seconds');
  await new Promise((resolve) => setTimeout(resolve, 5));
}
