import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Host, type Network, until } from '../network.ts';

export const VIRTUAL = '10.99.0.100/24';
const tandem = fileURLToPath(new URL('../../../bin/tandem', import.meta.url));

/** A heartbeat on one host of a test network. */
export class HeartbeatNode {
  readonly host: Host;
  readonly network: Network;
  readonly configFile: string;
  readonly socket: string;
  readonly #config: Record<string, unknown>;
  child: ChildProcess | undefined;
  log = '';

  constructor(network: Network, name: string, config: Record<string, unknown> = {}) {
    this.network = network;
    this.host = network.host(name);
    this.configFile = join(network.directory, `${name}.json`);
    this.socket = join(network.directory, `${name}.sock`);
    this.#config = {
      interface: 'eth0',
      vhid: 51,
      priority: 100,
      advertisementIntervalMs: 100,
      virtualAddresses: [VIRTUAL],
      controlSocket: this.socket,
      ...config,
    };
  }

  /** Starts it and waits until it answers. */
  async start(...options: readonly string[]): Promise<ChildProcess> {
    this.configure({});
    const child = this.host.start(tandem, 'heartbeat', 'run', '--config', this.configFile, ...options);
    this.child = child;
    child.stderr?.on('data', (chunk: Buffer) => {
      this.log += chunk.toString();
    });
    await until(
      async () => {
        assert.equal(child.exitCode, null, `the heartbeat ended:\n${this.log}`);
        return (await this.ask({ command: 'status' }).catch(() => undefined)) !== undefined;
      },
      15_000,
      `the heartbeat of ${this.host.name} answers`,
    );
    return child;
  }

  /** Rewrites the configuration file; it takes effect at the next start or SIGHUP. */
  configure(change: Record<string, unknown>): void {
    Object.assign(this.#config, change);
    writeFileSync(this.configFile, JSON.stringify(this.#config));
  }

  async status(): Promise<Status> {
    return (await this.ask({ command: 'status' })) as Status;
  }

  async until(state: string, boundMs = 10_000): Promise<void> {
    await until(async () => (await this.status()).state === state, boundMs, `${this.host.name} is ${state}`);
  }

  /** Another command on this host; its output. */
  tandem(...words: readonly string[]): Promise<string> {
    return this.host.run(tandem, ...words);
  }

  /** One request on the control socket. */
  ask(request: unknown): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const socket = connect(this.socket);
      let text = '';
      socket.setTimeout(10_000, () => socket.destroy(new Error('no answer')));
      socket.on('connect', () => socket.write(`${JSON.stringify(request)}\n`));
      socket.on('data', (chunk) => {
        text += chunk;
        if (!text.includes('\n')) return;
        resolve(JSON.parse(text.slice(0, text.indexOf('\n'))));
        socket.destroy();
      });
      socket.on('error', reject);
      socket.on('close', () => reject(new Error('the connection was closed without an answer')));
    });
  }

  /** Ends it gracefully and returns its exit code. */
  async stop(): Promise<number | null> {
    const child = this.child ?? assert.fail('not started');
    const exited = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
    child.kill('SIGTERM');
    return exited;
  }

  /** What a power failure is to the others: no farewell, no link. */
  async losePower(): Promise<void> {
    await this.network.cut(this.host.name);
    if (this.child !== undefined) await this.host.kill(this.child);
  }
}

export interface Status {
  state: string;
  sentence: string;
  vhid: number;
  priority: number;
  virtualAddresses: { address: string; held: boolean; leaseSeconds: number }[];
  companionAddresses: { address: string; held: boolean }[];
  effectivePriority: { value: number; reasons: string[] };
  standing: string;
  maintenance: boolean;
  gateway: { address: string; state: string } | null;
  warnings: string[];
  paths: { name: string; open: boolean; sent: number; lastError: string | null }[];
  conflicts: { address: string; mac: string; count: number }[];
  peers: {
    address: string;
    priority: number;
    lastHeardMs: number;
    paths: { name: string; lastHeardMs: number }[];
  }[];
  counters: Record<string, number> & { dropped: Record<string, number> };
  transitions: { from: string; to: string; cause: string; addressMs?: number; totalMs: number }[];
  scheduling: { realTime: boolean; memoryLocked: boolean; notes: string[] };
}

/** Exactly one of the hosts has the virtual address, and it stays so for a while. */
export async function assertOneOwner(owner: Host, ...others: readonly Host[]): Promise<void> {
  for (let check = 0; check < 5; check += 1) {
    assert.ok(await owner.holds(VIRTUAL), `${owner.name} holds ${VIRTUAL}`);
    for (const other of others)
      assert.ok(!(await other.holds(VIRTUAL)), `${other.name} does not hold ${VIRTUAL}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
