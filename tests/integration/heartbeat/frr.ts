import type { ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Network } from '../network.ts';
import { VIRTUAL } from './node.ts';

const PROGRAMS = '/usr/lib/frr';
/** FRR wants the address on an interface of its own that has the virtual router's MAC; it switches that on and off. */
const MACVLAN = 'vrrp4-2-1';

/** A real FRR (zebra and vrrpd) on one host: VRRP version 3, VHID 51, 100 ms. */
export class Frr {
  readonly #network: Network;
  readonly #name: string;
  #zebra: ChildProcess | undefined;
  #vrrpd: ChildProcess | undefined;
  #starts = 0;

  constructor(network: Network, name: string) {
    this.#network = network;
    this.#name = name;
  }

  async start(options: { priority: number }): Promise<void> {
    if (!existsSync(`${PROGRAMS}/vrrpd`)) throw new Error('FRR is not installed: apt-get install frr');
    const host = this.#network.host(this.#name);
    if (this.#starts === 0) {
      await host.run('ip', 'link', 'add', MACVLAN, 'link', 'eth0', 'type', 'macvlan', 'mode', 'bridge');
      await host.run('ip', 'link', 'set', MACVLAN, 'address', '00:00:5e:00:01:33');
      await host.run('ip', 'address', 'add', VIRTUAL, 'dev', MACVLAN);
      await host.run('ip', 'link', 'set', MACVLAN, 'up');
    }
    // As FRR keeps it while it waits, so that only FRR itself can show that it is active.
    await host.run('ip', 'link', 'set', MACVLAN, 'protodown', 'on');
    this.#starts += 1;
    const directory = join(this.#network.directory, `${this.#name}-frr-${this.#starts}`);
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
    this.#vrrpd = program(
      'vrrpd',
      `interface eth0
 vrrp 51 version 3
 vrrp 51 priority ${options.priority}
 vrrp 51 advertisement-interval 100
 no vrrp 51 preempt
 vrrp 51 ip ${VIRTUAL.split('/')[0]}
`,
    );
  }

  /** Whether its interface with the virtual address runs. */
  async isActive(): Promise<boolean> {
    const text = await this.#network.host(this.#name).run('ip', '-json', 'link', 'show', 'dev', MACVLAN);
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
