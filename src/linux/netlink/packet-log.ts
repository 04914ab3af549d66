import { decodeAttributes, encodeAttribute } from './message.ts';
import { NetlinkSocket } from './socket.ts';

const NETLINK_NETFILTER = 12;
/** NFNL_SUBSYS_ULOG << 8 | NFULNL_MSG_PACKET or NFULNL_MSG_CONFIG (linux/netfilter/nfnetlink_log.h). */
const PACKET = 0x400;
const CONFIG = 0x401;
const NFULA_CFG_CMD = 1;
const NFULA_CFG_MODE = 2;
const NFULA_PAYLOAD = 9;
const NFULNL_CFG_CMD_BIND = 1;
const NFULNL_COPY_PACKET = 2;
/** `struct nfgenmsg`. */
const HEADER_LENGTH = 4;
/** More than one batch of a limited rate; what comes later is read at the next wake-up. */
const mostAtOnce = 256;

/** Copies of packets that a netfilter rule hands over with `log group` (nft(8)). */
export class PacketLog {
  readonly #socket: NetlinkSocket;

  /** Takes the group over; at most `bytes` of each packet. Throws `SystemCallError`, for example when it is taken. */
  constructor(group: number, bytes: number) {
    this.#socket = new NetlinkSocket(0, NETLINK_NETFILTER);
    try {
      const purpose = `listen to packet log group ${group}`;
      const header = Uint8Array.of(0, 0, group >> 8, group & 0xff);
      const mode = Uint8Array.of(0, 0, bytes >> 8, bytes & 0xff, NFULNL_COPY_PACKET, 0);
      const bind = encodeAttribute(NFULA_CFG_CMD, Uint8Array.of(NFULNL_CFG_CMD_BIND));
      this.#socket.request(CONFIG, 0, purpose, header, bind);
      this.#socket.request(CONFIG, 0, purpose, header, encodeAttribute(NFULA_CFG_MODE, mode));
    } catch (error) {
      this.close();
      throw error;
    }
  }

  get fd(): number {
    return this.#socket.fd;
  }

  /** The packets that wait, each from its network header on. What the kernel had to drop is not told. */
  receive(): Uint8Array[] {
    const packets: Uint8Array[] = [];
    while (packets.length < mostAtOnce) {
      const batch = this.#socket.receive();
      if (batch === 'nothing') break;
      if (batch === 'overrun') continue;
      for (const { type, body } of batch) {
        const packet = type === PACKET ? decodeAttributes(body, HEADER_LENGTH).get(NFULA_PAYLOAD) : undefined;
        if (packet !== undefined) packets.push(packet);
      }
    }
    return packets;
  }

  close(): void {
    this.#socket.close();
  }
}
