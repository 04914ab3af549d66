import { parseAddress } from '../../../src/core/net/address.ts';
import { udpDatagram } from '../../../src/core/net/udp-datagram.ts';
import { RawIpSocket } from '../../../src/linux/raw-ip-socket.ts';

/** What somebody on the Internet sends who writes any sender on it. */
export interface Forgery {
  /** The sender on the packets; without an address another one of 198.51.100.0/24 on each. */
  readonly from: { readonly address?: string; readonly port?: number };
  readonly to: { readonly address: string; readonly port: number };
  /** The payloads in turn, in hexadecimal digits. */
  readonly payloads: readonly string[];
  readonly count: number;
  readonly perSecond: number;
}

/** The words that run a forgery in a host of the lab. */
export function forgerWords(forgery: Forgery): string[] {
  const script = '/opt/tandem/tests/integration/recall/forger.ts';
  const node = ['/opt/tandem/node_modules/.bin/node', '--disable-warning=ExperimentalWarning'];
  return [...node, script, JSON.stringify(forgery)];
}

const tickMs = 10;

async function forge({ from, to, payloads, count, perSecond }: Forgery): Promise<void> {
  const target = parseAddress(to.address)!;
  const socket = new RawIpSocket(parseAddress('0.0.0.0')!);
  const bytes = payloads.map((hex) => Buffer.from(hex, 'hex'));
  const startMs = performance.now();
  for (let sent = 0; sent < count; ) {
    const due = Math.min(count, ((performance.now() - startMs) * perSecond) / 1_000);
    for (; sent < due; sent += 1) {
      const address = parseAddress(from.address ?? `198.51.100.${1 + (sent % 250)}`)!;
      const source = { address, port: from.port ?? 1_024 + ((sent * 7_919) % 60_000) };
      socket.send(udpDatagram(source, { ...to, address: target }, bytes[sent % bytes.length]!), target);
    }
    await new Promise((resolve) => setTimeout(resolve, tickMs));
  }
  socket.close();
}

if (import.meta.main) await forge(JSON.parse(process.argv[2] ?? '') as Forgery);
