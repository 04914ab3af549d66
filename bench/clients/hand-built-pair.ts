import type { ChildProcess } from 'node:child_process';
import { PingProbe } from '../../lab/demo/ping-probe.ts';
import { pair } from '../../lab/demo/set-up.ts';
import { until } from '../../lab/demo/until.ts';
import { Lab } from '../../lab/lab.ts';
import type { NodeName } from '../../lab/topology.ts';
import { backAfter, type Gaps, other } from './tandem-pair.ts';

export const usualKeepalive = '10 60';
/** With the usual one a client notices after 60 s, and then pauses for one. */
const watchedMs = 90_000;

/**
 * The pair as people build it by hand: keepalived moves the address at the same interval as ours, OpenVPN runs on both nodes with the same
 * keys, `multihome` and a `keepalive`, usually `10 60`. One client, authenticated by certificate alone.
 */
export class HandBuiltPair {
  readonly lab: Lab;
  readonly #files: string;
  readonly #keepalive: string;
  #active: NodeName = 'node-a';
  #tunnel: PingProbe | undefined;
  #address: PingProbe | undefined;

  private constructor(lab: Lab, files: string, keepalive: string) {
    this.lab = lab;
    this.#files = files;
    this.#keepalive = keepalive;
  }

  static async up(stateDir: string, keepalive: string): Promise<HandBuiltPair> {
    const lab = await Lab.up({ clients: 1, stateDir });
    const made = new HandBuiltPair(lab, await makeKeys(lab), keepalive);
    await made.#serve('node-a', 110);
    await made.#serve('node-b', 100);
    run(lab, 'client-1', ['openvpn', '--config', await made.#write('client-1', 'client.ovpn', clientConfig)]);
    made.#tunnel = new PingProbe(lab, 'client-1', '10.8.0.1', 10);
    made.#address = new PingProbe(lab, 'gateway', pair.virtualAddress, 5);
    const tunnel = made.#tunnel;
    await until(() => tunnel.answersWithin(500) > 10, 30_000, 'answers through the hand-built tunnel');
    return made;
  }

  async powerLoss(): Promise<Gaps> {
    const [tunnel, address] = [this.#tunnel, this.#address];
    if (tunnel === undefined || address === undefined) throw new Error('not up');
    const dead = this.#active;
    const startMs = Date.now();
    await this.lab.powerOff(dead);
    const back = await backAfter(tunnel, startMs + 3_000, watchedMs);
    const gaps = {
      tunnelMs: back ? tunnel.longestGapMs(startMs) : undefined,
      addressMs: address.longestGapMs(startMs),
    };
    this.#active = other(dead);
    await this.lab.powerOn(dead);
    await this.#serve(dead, 100);
    return gaps;
  }

  async down(): Promise<void> {
    await this.lab.down();
  }

  async #serve(node: NodeName, priority: number): Promise<void> {
    run(this.lab, node, [
      'openvpn',
      '--config',
      await this.#write(node, 'server.conf', serverConfig(this.#keepalive)),
    ]);
    const keepalived = await this.#write(node, 'keepalived.conf', keepalivedConfig(node, priority));
    run(this.lab, node, ['keepalived', '--dont-fork', '--log-console', '--vrrp', '--use-file', keepalived]);
    await until(
      async () => (await this.lab.exec(node, ['pgrep', '-x', 'openvpn'])).code === 0,
      10_000,
      `OpenVPN on ${node}`,
    );
  }

  /** The file with everybody's keys inline behind it; returns its path. */
  async #write(host: string, name: string, text: string): Promise<string> {
    const path = `/run/${name}`;
    const part = name.startsWith('client') ? 'client' : 'server';
    const keys = name.startsWith('keepalived') ? '' : inlineOf(this.#files, part);
    const made = await this.lab.exec(host, ['sh', '-c', 'umask 077 && cat > "$0"', path], {
      input: `${text}${keys}`,
    });
    if (made.code !== 0) throw new Error(made.stderr);
    return path;
  }
}

const serverConfig = (keepalive: string): string => `dev tun
proto udp4
port 1194
multihome
topology subnet
server 10.8.0.0 255.255.255.0
keepalive ${keepalive}
dh none
persist-key
persist-tun
data-ciphers AES-256-GCM
verb 3
`;

const clientConfig = `client
dev tun
proto udp4
remote ${pair.publicAddress} 1194
nobind
persist-key
persist-tun
remote-cert-tls server
data-ciphers AES-256-GCM
verb 3
`;

function keepalivedConfig(node: NodeName, priority: number): string {
  return `global_defs {
  vrrp_version 3
  vrrp_garp_master_delay 0
  router_id ${node}
}
vrrp_instance VI {
  state BACKUP
  interface eth0
  virtual_router_id 51
  priority ${priority}
  advert_int ${pair.advertisementIntervalMs / 1_000}
  nopreempt
  virtual_ipaddress { ${pair.virtualAddress}/${pair.prefixLength} dev eth0 }
}
`;
}

/** A CA, a server and a client with EC keys, by openssl(1); answers all files as one text with marks between. */
async function makeKeys(lab: Lab): Promise<string> {
  const script = `set -e; mkdir /run/pki; cd /run/pki
key() { openssl ecparam -name prime256v1 -genkey -noout -out $1.key; }
key ca; openssl req -x509 -new -key ca.key -subj /CN=ca -days 10 -out ca.crt 2>/dev/null
for one in server client; do
  key $one; openssl req -new -key $one.key -subj /CN=$one -out $one.csr
  printf 'extendedKeyUsage=%sAuth\\nkeyUsage=digitalSignature\\n' $one > $one.ext
  openssl x509 -req -in $one.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 10 -extfile $one.ext -out $one.crt 2>/dev/null
done
openvpn --genkey tls-crypt tc.key
for file in ca.crt server.crt server.key client.crt client.key tc.key; do echo "#### $file"; cat $file; done`;
  const made = await lab.exec('office', ['bash', '-c', script], { timeoutMs: 30_000 });
  if (made.code !== 0) throw new Error(made.stderr);
  return made.stdout;
}

function inlineOf(files: string, part: 'server' | 'client'): string {
  const text = (name: string): string => files.split(`#### ${name}\n`)[1]?.split('#### ')[0] ?? '';
  const inline = (tag: string, name: string): string => `<${tag}>\n${text(name)}</${tag}>\n`;
  return [
    inline('ca', 'ca.crt'),
    inline('cert', `${part}.crt`),
    inline('key', `${part}.key`),
    inline('tls-crypt', 'tc.key'),
  ].join('');
}

function run(lab: Lab, host: string, words: readonly string[]): ChildProcess {
  const child = lab.spawn(host, words);
  child.stdout?.resume();
  child.stderr?.resume();
  return child;
}
