import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { LoopbackSshd } from '../../tests/integration/replication/loopback-sshd.ts';
import { NodeProcess } from './node-process.ts';
import type { State } from './orders.ts';

const longestWaitMs = 300_000;

/** Two nodes with disks of their own (two folders of this machine's disk) and the system's sshd between them. */
export class BenchPair {
  readonly active: NodeProcess;
  standby: NodeProcess;
  readonly #sshd: LoopbackSshd;
  readonly #standbyWords: readonly string[];
  readonly #syncMs: number;

  /** @param syncMs see `NodeProcess.start` */
  static async start(users: number, syncMs: number = 0): Promise<BenchPair> {
    const sshd = await LoopbackSshd.start('standby.sock');
    const { folder, key, hostKey, port, inside } = sshd;
    const socket = join(folder, 'standby.sock');
    const standbyWords = [mkdtempSync(join(folder, 'standby-')), 'node-b', socket];
    const way = ['127.0.0.1', `${port}`, key.privateKeyPath, hostKey];
    const activeWords = [join(folder, 'active'), 'node-a', join(folder, 'active.sock'), ...way];
    const active = await NodeProcess.start(inside, activeWords, syncMs);
    await active.tell({ do: 'become', role: 'active' });
    await active.tell({ do: 'add users', from: 0, to: users, eachInOneEntry: 500 });
    const standby = await NodeProcess.start([], standbyWords, syncMs);
    return new BenchPair(sshd, active, standby, standbyWords, syncMs);
  }

  private constructor(
    sshd: LoopbackSshd,
    active: NodeProcess,
    standby: NodeProcess,
    words: readonly string[],
    syncMs: number,
  ) {
    this.#sshd = sshd;
    this.active = active;
    this.standby = standby;
    this.#standbyWords = words;
    this.#syncMs = syncMs;
  }

  get folder(): string {
    return this.#sshd.folder;
  }
  get standbyFolder(): string {
    return this.#standbyWords[0] ?? '';
  }

  /** Connects the two; resolves when every change is on both, with the milliseconds that took. */
  async connect(): Promise<number> {
    const began = performance.now();
    await this.active.tell({ do: 'link' });
    await this.until((state) => state.protected);
    return performance.now() - began;
  }

  async disconnect(): Promise<void> {
    await this.active.tell({ do: 'unlink' });
  }

  async until(condition: (active: State) => boolean): Promise<void> {
    const deadline = performance.now() + longestWaitMs;
    while (!condition(await this.active.tell({ do: 'state' }))) {
      if (performance.now() > deadline) throw new Error(`not within ${longestWaitMs} ms`);
      await pause(2);
    }
  }

  /** What is on the standby's disk now, beside it. */
  async keepStandby(): Promise<string> {
    await this.standby.kill();
    const kept = `${this.standbyFolder}-kept`;
    cpSync(this.standbyFolder, kept, { recursive: true });
    await this.#startStandby();
    return kept;
  }

  /** The standby gets a new disk, empty or with what was kept. */
  async replaceStandby(kept?: string): Promise<void> {
    await this.standby.kill();
    rmSync(this.standbyFolder, { recursive: true });
    if (kept !== undefined) cpSync(kept, this.standbyFolder, { recursive: true });
    await this.#startStandby();
  }

  async #startStandby(): Promise<void> {
    this.standby = await NodeProcess.start([], this.#standbyWords, this.#syncMs);
  }

  async stop(): Promise<void> {
    await this.active.kill();
    await this.standby.kill();
    this.#sshd.stop();
  }
}
