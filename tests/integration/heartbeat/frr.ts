import type { ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Network, until } from '../network.ts';
import { IPV6_VIRTUAL } from './ipv6-network.ts';
import { VIRTUAL } from './node.ts';

const PROGRAMS = '/usr/lib/frr';

/** FRR wants the addresses on an interface of its own that has the virtual router's MAC; it switches that on and off. */
const MACVLAN = {
  4: { name: 'vrrp4-2-1', mac: '00:00:5e:00:01:33', half: 'v4', protocol: 'ip', addresses: [VIRTUAL] },
  6: { name: 'vrrp6-2-1', mac: '00:00:5e:00:02:33', half: 'v6', protocol: 'ipv6', addresses: IPV6_VIRTUAL },
} as const;

/** A real FRR (zebra and vrrpd) on one host: VRRP version 3, VHID 51, 100 ms. */
export class Frr {
  readonly #network: Network;
  readonly #name: string;
  readonly #macvlan: (typeof MACVLAN)[4 | 6];
  #zebra: ChildProcess | undefined;
  #vrrpd: ChildProcess | undefined;
  #starts = 0;

  constructor(network: Network, name: string, family: 4 | 6 = 4) {
    this.#network = network;
    this.#name = name;
    this.#macvlan = MACVLAN[family];
  }

  async start(options: { priority: number }): Promise<void> {
    if (!existsSync(`${PROGRAMS}/vrrpd`)) throw new Error('FRR is not installed: apt-get install frr');
    const host = this.#network.host(this.#name);
    const { name: macvlan, mac, protocol, addresses } = this.#macvlan;
    if (this.#starts === 0) {
      const kind = ['type', 'macvlan', 'mode', 'bridge'];
      await host.run('ip', 'link', 'add', macvlan, 'link', 'eth0', ...kind);
      await host.run('ip', 'link', 'set', macvlan, 'address', mac);
      for (const address of addresses)
        await host.run(
          'ip',
          'address',
          'add',
          address,
          'dev',
          macvlan,
          ...(protocol === 'ipv6' ? ['nodad'] : []),
        );
      await host.run('ip', 'link', 'set', macvlan, 'up');
    }
    // As FRR keeps it while it waits, so that only FRR itself can show that it is active.
    await host.run('ip', 'link', 'set', macvlan, 'protodown', 'on');
    this.#starts += 1;
    const directory = this.#directory;
    mkdirSync(directory);
    // Its programs run as a user of their own.
    chmodSync(this.#network.directory, 0o711);
    await host.run('chown', 'frr:frr', directory);
    const common = ['--vty_socket', directory, '-z', `${directory}/zserv.api`];
    const program = (name: string, text: string): ChildProcess => {
      const file = join(directory, `${name}.conf`);
      writeFileSync(file, text);
      return host.start(
        `${PROGRAMS}/${name}`,
        ...common,
        '-P',
        '0',
        '-i',
        join(directory, `${name}.pid`),
        '-f',
        file,
      );
    };
    this.#zebra = program('zebra', '');
    // It asks for zebra at longer and longer intervals when that is not there yet.
    await until(() => existsSync(`${directory}/zserv.api`), 15_000, 'zebra listens');
    this.#vrrpd = program(
      'vrrpd',
      `interface eth0
 vrrp 51 version 3
 vrrp 51 priority ${options.priority}
 vrrp 51 advertisement-interval 100
 no vrrp 51 preempt
${addresses.map((address) => ` vrrp 51 ${protocol} ${address.split('/')[0]}\n`).join('')}`,
    );
  }

  /** Whether it waits and hears somebody else. */
  async listens(): Promise<boolean> {
    const text = await this.#network
      .host(this.#name)
      .run('vtysh', '--vty_socket', this.#directory, '-d', 'vrrpd', '-c', 'show vrrp json')
      // It is not there yet.
      .catch(() => '[]');
    const [router] = JSON.parse(text) as Record<
      'v4' | 'v6',
      { status: string; stats: { adverRx: number } }
    >[];
    const half = router?.[this.#macvlan.half];
    return half?.status === 'Backup' && half.stats.adverRx > 0;
  }

  get #directory(): string {
    return join(this.#network.directory, `${this.#name}-frr-${this.#starts}`);
  }

  /** Whether its interface with the virtual address runs. */
  async isActive(): Promise<boolean> {
    const text = await this.#network
      .host(this.#name)
      .run('ip', '-json', 'link', 'show', 'dev', this.#macvlan.name);
    const [link] = JSON.parse(text) as { operstate: string }[];
    return link?.operstate === 'UP';
  }

  async stop(): Promise<void> {
    for (const child of [this.#vrrpd, this.#zebra]) {
      if (child === undefined || child.exitCode !== null) continue;
      const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
      child.kill('SIGTERM');
      await exited;
    }
  }

  async losePower(): Promise<void> {
    const host = this.#network.host(this.#name);
    await this.#network.cut(this.#name);
    for (const child of [this.#vrrpd, this.#zebra]) if (child !== undefined) await host.kill(child);
  }
}
