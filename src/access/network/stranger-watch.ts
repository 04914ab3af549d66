import { checkedAddress, checkedInteger } from '../openvpn/syntax.ts';

/** The nfnetlink_log group in which the kernel hands over copies. */
export const watchGroup = 3194;

export interface WatchSpec {
  /** Where OpenVPN serves over UDP. */
  readonly address: string;
  readonly ports: readonly number[];
  /** Seconds: OpenVPN sends a client something at least as often. */
  readonly ping: number;
}

/** P_DATA_V1 and P_DATA_V2 (ssl_pkt.h) with any key id; P_CONTROL_HARD_RESET_CLIENT_V3. */
const dataOpcodes = '{ 0x30, 0x48 }';
const clientsReset = '0x50';
/** The first byte of a UDP datagram's payload without the key id. */
const opcode = '@th,64,8 & 0xf8';

/**
 * The parts of our table by which the node learns of data from where no client is known, and of clients that begin anew
 * where they have a session. `known` is kept by the kernel: wherever OpenVPN lately sent data to. Limits first, so that a
 * flood costs as much as a trickle: copies of at most so many packets reach a process.
 * @throws TandemError `access.openvpn.bad-value`
 */
export function renderWatch(spec: WatchSpec): string {
  const address = checkedAddress('virtual address', spec.address);
  if (spec.ports.length === 0) return '';
  const port = `{ ${spec.ports.map((one) => checkedInteger('port', one, 1, 65_535)).join(', ')} }`;
  const seconds = 2 * checkedInteger('keepalive', spec.ping, 1, 3600) + 1;
  return `  set known {
    type ipv4_addr . inet_service; flags dynamic,timeout; size 16384; timeout ${seconds}s
  }
  set askers {
    type ipv4_addr; flags dynamic,timeout; size 4096; timeout 10s
  }
  set beginners {
    type ipv4_addr; flags dynamic,timeout; size 4096; timeout 10s
  }
  chain told {
    type filter hook output priority filter; policy accept;
    ip saddr ${address} udp sport ${port} ${opcode} ${dataOpcodes} update @known { ip daddr . udp dport }
  }
  chain strangers {
    type filter hook input priority filter + 1; policy accept;
    iifname "lo" accept
    ip daddr ${address} udp dport ${port} ${opcode} 0x30 ip saddr . udp sport != @known update @askers { ip saddr limit rate 50/second burst 20 packets } limit rate 200/second burst 100 packets log group ${watchGroup} snaplen 64 queue-threshold 1
    ip daddr ${address} udp dport ${port} ${opcode} ${clientsReset} ip saddr . udp sport @known update @beginners { ip saddr limit rate 5/second burst 10 packets } limit rate 50/second burst 50 packets log group ${watchGroup} snaplen 1024 queue-threshold 1
  }
`;
}
