import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Network } from '../network.ts';
import { VIRTUAL } from './node.ts';

/** A real ucarp on one host: VHID 51, password `interop`, one second. Its scripts put the address on and take it off. */
export class Ucarp {
  readonly #network: Network;
  readonly #name: string;
  #child: ChildProcess | undefined;
  log = '';

  constructor(network: Network, name: string) {
    this.#network = network;
    this.#name = name;
  }

  start(options: { source: string; advskew: number; preempt?: boolean; neutral?: boolean }): void {
    if (!existsSync('/usr/sbin/ucarp')) throw new Error('ucarp is not installed: apt-get install ucarp');
    const [virtual = ''] = VIRTUAL.split('/');
    this.log = '';
    const child = this.#network
      .host(this.#name)
      .start(
        'ucarp',
        '--interface=eth0',
        `--srcip=${options.source}`,
        '--vhid=51',
        '--pass=interop',
        `--addr=${virtual}`,
        '--advbase=1',
        `--advskew=${options.advskew}`,
        `--upscript=${this.#script('up', 'add')}`,
        `--downscript=${this.#script('down', 'del')}`,
        '--shutdown',
        ...(options.neutral === true ? ['--neutral'] : []),
        ...(options.preempt === true ? ['--preempt'] : []),
      );
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.log += chunk.toString();
      });
    }
  }

  signal(name: NodeJS.Signals): void {
    this.#child?.kill(name);
  }

  /** Fails with its last words when it has ended. */
  assertRuns(): void {
    assert.equal(this.#child?.exitCode, null, `ucarp has ended:\n${this.log}`);
  }

  get pid(): number | undefined {
    return this.#child?.pid;
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
    // A machine that was off does not come back with it. Exactly this one: `to` its network would take all of them.
    const [address = ''] = VIRTUAL.split('/');
    await this.#network.host(this.#name).run('ip', 'address', 'flush', 'dev', 'eth0', 'to', `${address}/32`);
  }

  #script(name: string, verb: string): string {
    const file = join(this.#network.directory, `${this.#name}-${name}.sh`);
    writeFileSync(file, `#!/bin/sh\nip address ${verb} ${VIRTUAL} dev "$1" 2>/dev/null\nexit 0\n`, {
      mode: 0o755,
    });
    return file;
  }
}
