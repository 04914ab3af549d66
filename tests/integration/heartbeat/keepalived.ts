import type { ChildProcess } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { family, type Network } from '../network.ts';
import { VIRTUAL } from './node.ts';

/**
 * A real keepalived on one host: VRRP version 3 with 100 ms or version 2 with 1 s, VHID 51. Version 2.2 of Debian 12 puts the pseudo-header into
 * the checksum, cannot be told otherwise, and drops packets without it; so our side must send `pseudo-header`.
 */
export class Keepalived {
  readonly #network: Network;
  readonly #name: string;
  #child: ChildProcess | undefined;
  #starts = 0;
  log = '';

  constructor(network: Network, name: string) {
    this.#network = network;
    this.#name = name;
  }

  start(options: { priority: number; preempt?: boolean; version?: 2 | 3; intervalMs?: number }): void {
    if (!existsSync('/usr/sbin/keepalived'))
      throw new Error('keepalived is not installed: apt-get install keepalived');
    const file = join(this.#network.directory, `${this.#name}-keepalived.conf`);
    writeFileSync(
      file,
      `global_defs {
  vrrp_version ${options.version ?? 3}
  vrrp_garp_master_delay 0
  router_id ${this.#name}
}
vrrp_instance VI {
  state BACKUP
  interface eth0
  virtual_router_id 51
  priority ${options.priority}
  advert_int ${(options.intervalMs ?? (options.version === 2 ? 1000 : 100)) / 1000}
  ${options.preempt === true ? '' : 'nopreempt'}
  virtual_ipaddress { ${VIRTUAL} dev eth0 }
}
`,
    );
    this.log = '';
    // Its own pid files each time: it mistakes those of a killed run for a live one.
    this.#starts += 1;
    const pid = (part: string): string =>
      join(this.#network.directory, `${this.#name}-${part}-${this.#starts}.pid`);
    this.#child = this.#network
      .host(this.#name)
      .start(
        'keepalived',
        '--dont-fork',
        '--log-console',
        '--vrrp',
        '--use-file',
        file,
        '--pid',
        pid('keepalived'),
        '--vrrp_pid',
        pid('vrrp'),
      );
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.log += chunk.toString();
      });
    }
  }

  /** To the daemon; SIGKILL and SIGSTOP to its child too, which does the work. */
  signal(name: NodeJS.Signals): void {
    const { pid } = this.#child ?? {};
    if (pid === undefined) return;
    if (name === 'SIGTERM') process.kill(pid, name);
    else for (const each of family(pid)) process.kill(each, name);
  }

  async stop(): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGTERM');
    await exited;
  }

  async losePower(): Promise<void> {
    await this.#network.cut(this.#name);
    if (this.#child !== undefined) await this.#network.host(this.#name).kill(this.#child);
  }
}
