import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { losePower, returnOfPower } from './power.ts';
import type { Answer, NodeState, Order, Verdict } from './protocol.ts';

const mounting = { on: '/usr/bin/mount', off: '/usr/bin/umount' } as const;
const program = new URL('./node.ts', import.meta.url).pathname;

/** A node of the matrix as a machine with a small disk of its own, which can be killed, frozen, filled and replaced. */
export class Machine {
  readonly name: string;
  readonly directory: string;
  readonly socket: string;
  readonly #way: string;
  #child: ChildProcess | undefined;
  #next = 1;
  readonly #waiting = new Map<number, { done(value: unknown): void; fail(error: Error): void }>();
  /** The step at which the node was last struck. */
  struck: string | undefined;

  constructor(workspace: string, name: string, way: string) {
    this.name = name;
    this.directory = join(workspace, name);
    this.socket = join(workspace, `${name}.sock`);
    this.#way = way;
    mkdirSync(this.directory);
    execFileSync(mounting.on, ['-t', 'tmpfs', '-o', 'size=24m', 'tandem-matrix', this.directory]);
  }

  get alive(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }
  get frozen(): boolean {
    // proc(5): the state follows the program's name in brackets; T is stopped.
    return (
      this.alive && / T /.test(readFileSync(`/proc/${this.#child?.pid}/stat`, 'utf8').split(')').at(-1) ?? '')
    );
  }
  get full(): boolean {
    return readdirSync(this.directory).includes('ballast');
  }
  /** Cannot do its work now. */
  get out(): boolean {
    return !this.alive || this.frozen || this.full;
  }

  async start(): Promise<void> {
    returnOfPower(this.directory);
    const child = fork(program, [this.directory, this.name, this.socket, this.#way], {
      execArgv: ['--disable-warning=ExperimentalWarning'],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.#child = child;
    let ready = (): void => {};
    const started = new Promise<void>((resolve) => {
      ready = resolve;
    });
    child.on('message', (message: Answer | { event: string; step?: string }) => {
      if ('event' in message) {
        if (message.event === 'ready') ready();
        else this.struck = message.step;
        return;
      }
      const waiting = this.#waiting.get(message.id);
      this.#waiting.delete(message.id);
      if ('failed' in message) waiting?.fail(new Error(message.failed));
      else waiting?.done(message.value);
    });
    child.on('exit', () => {
      if (this.#child !== child) return;
      for (const { fail } of this.#waiting.values()) fail(new Error('gone'));
      this.#waiting.clear();
    });
    await Promise.race([started, once(child, 'exit')]);
    if (!this.alive) throw new Error(`${this.name} does not start`);
  }

  /** What was ordered fails with `gone` when the node dies. */
  ask(order: { readonly do: 'state'; readonly after: number }): Promise<NodeState>;
  ask(order: { readonly do: 'verify' }): Promise<Verdict>;
  ask(order: {
    readonly do: 'write';
    readonly name: string;
    readonly size: number;
  }): Promise<{ protected: boolean }>;
  ask(order: Order): Promise<unknown>;
  ask(order: Order): Promise<unknown> {
    const id = this.#next++;
    return new Promise((done, fail) => {
      if (!this.alive) {
        fail(new Error('gone'));
        return;
      }
      this.#waiting.set(id, { done, fail });
      // A node whose channel is closed has died, though its exit may be reported later: only that makes it startable.
      this.#child?.send({ ...order, id }, (error) => {
        if (error) void this.kill();
      });
    });
  }

  async kill(): Promise<void> {
    if (!this.alive || this.#child === undefined) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await gone;
  }
  async losePower(): Promise<void> {
    if (!this.alive) return;
    await this.kill();
    losePower(this.directory);
  }
  freeze(): void {
    this.#child?.kill('SIGSTOP');
  }
  thaw(): void {
    this.#child?.kill('SIGCONT');
  }
  makeRoom(): void {
    rmSync(join(this.directory, 'ballast'), { force: true });
  }
  /** The machine is given up, its disk with it. */
  async remove(): Promise<void> {
    await this.kill();
    execFileSync(mounting.off, ['-l', this.directory]);
  }
  /** As if a new disk had been put in. */
  wipe(): void {
    for (const name of readdirSync(this.directory)) rmSync(join(this.directory, name), { recursive: true });
    rmSync(`${this.directory}-durable`, { recursive: true, force: true });
  }
}
