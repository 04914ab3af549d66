import type { Logger } from 'pino';
import { watchGroup } from '../access/network/stranger-watch.ts';
import { readIpv4Udp } from '../core/net/udp-packet.ts';
import { clientResetByte } from '../core/recall/client-reset.ts';
import { PacketLog } from '../linux/netlink/packet-log.ts';
import { Readiness } from '../linux/readiness.ts';
import type { WatchedPacket } from '../privileged/channel.ts';

/** The largest packet that begins a session; of data only the beginning is copied. */
const copiedBytes = 1_024;

/** Hands on what the kernel copies by the firewall's `log` rules, which also limit how much that is. */
export class StrangerWatch {
  readonly #log: Logger;
  readonly #onPackets: (packets: readonly WatchedPacket[]) => void;
  #packets: PacketLog | undefined;
  #readiness: Readiness | undefined;

  constructor(log: Logger, onPackets: (packets: readonly WatchedPacket[]) => void) {
    this.#log = log;
    this.#onPackets = onPackets;
  }

  /** Without it clients that move are left to `ping-restart`. */
  start(): void {
    if (this.#packets !== undefined) return;
    try {
      const packets = new PacketLog(watchGroup, copiedBytes);
      this.#packets = packets;
      this.#readiness = new Readiness([packets.fd], () => this.#read(packets));
    } catch (error) {
      this.#log.warn(
        { err: error },
        'the kernel does not hand over packets: clients that move are not called',
      );
    }
  }

  stop(): void {
    this.#readiness?.close();
    this.#packets?.close();
    this.#packets = undefined;
  }

  #read(log: PacketLog): void {
    const packets = log.receive().flatMap((bytes): WatchedPacket[] => {
      const packet = readIpv4Udp(bytes);
      if (packet === undefined || packet.sourcePort === 0) return [];
      const { sourceAddress: address, sourcePort: port, destinationPort, length, payload } = packet;
      const isReset = payload[0] === clientResetByte && payload.length === length;
      const opening = isReset ? Buffer.from(payload).toString('base64') : undefined;
      return [{ address, port, serverPort: destinationPort, length, opening }];
    });
    if (packets.length > 0) this.#onPackets(packets);
  }
}
