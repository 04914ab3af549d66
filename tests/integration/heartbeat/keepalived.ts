import type { ChildProcess } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { family, type Network } from '../network.ts';
import { VIRTUAL } from './node.ts';

export interface KeepalivedOptions {
  readonly priority: number;
  readonly preempt?: boolean;
  readonly version?: 2 | 3;
  /** 100 ms; version 2 has whole seconds only. */
  readonly intervalMs?: number;
  readonly addresses?: readonly string[];
  /** Its own address and that of the only other node, in place of the group. */
  readonly unicast?: { readonly source: string; readonly peer: string };
}

/**
 * A real keepalived on one host, VHID 51. Version 2.2 of Debian 12 puts the pseudo-header into the checksum of VRRP version 3, cannot be told
 * otherwise, and drops packets without it; so our side must send `pseudo-header`.
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

  start(options: KeepalivedOptions): void {
    if (!existsSync('/usr/sbin/keepalived'))
      throw new Error('keepalived is not installed: apt-get install keepalived');
    const file = join(this.#network.directory, `${this.#name}-keepalived.conf`);
    writeFileSync(file, configuration(this.#name, options));
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
        '--log-detail',
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

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** It knows that it is standby. */
  get listens(): boolean {
    return this.log.includes('Entering BACKUP STATE');
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

function configuration(name: string, options: KeepalivedOptions): string {
  const { priority, preempt, version = 3, unicast, addresses = [VIRTUAL] } = options;
  const intervalMs = options.intervalMs ?? (version === 2 ? 1000 : 100);
  return `global_defs {
  vrrp_version ${version}
  vrrp_garp_master_delay 0
  router_id ${name}
}
vrrp_instance VI {
  state BACKUP
  interface eth0
  virtual_router_id 51
  priority ${priority}
  advert_int ${intervalMs / 1000}
  ${preempt === true ? '' : 'nopreempt'}
  ${unicast === undefined ? '' : unicastTo(unicast)}
  virtual_ipaddress {
${addresses.map((address) => `    ${address} dev eth0`).join('\n')}
  }
}
`;
}

/** It sends IPv6 to one node with 64 hops unless told otherwise. */
function unicastTo({ source, peer }: { readonly source: string; readonly peer: string }): string {
  return `unicast_ttl 255\n  unicast_src_ip ${source}\n  unicast_peer {\n    ${peer}\n  }`;
}
