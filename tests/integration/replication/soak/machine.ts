import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Answer, Order, State } from './orders.ts';

const program = new URL('./node.ts', import.meta.url).pathname;

/** A node of the soak that can be killed and started again on the same disk. */
export class SoakMachine {
  readonly name: string;
  readonly #words: readonly string[];
  readonly #waiting = new Map<number, { done(value: unknown): void; fail(error: Error): void }>();
  #child: ChildProcess | undefined;
  #next = 1;

  constructor(folder: string, name: string, other: string) {
    this.name = name;
    this.#words = [join(folder, name), name, join(folder, `${name}.sock`), join(folder, `${other}.sock`)];
  }

  async start(): Promise<void> {
    const child = fork(program, this.#words, {
      execArgv: ['--disable-warning=ExperimentalWarning'],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.#child = child;
    await once(child, 'message');
    child.on('message', (message: Answer) => {
      const waiting = this.#waiting.get(message.id);
      this.#waiting.delete(message.id);
      if ('failed' in message) waiting?.fail(new Error(message.failed));
      else waiting?.done(message.value);
    });
    child.once('exit', () => {
      for (const { fail } of this.#waiting.values()) fail(new Error('gone'));
      this.#waiting.clear();
    });
  }

  ask(order: { readonly do: 'state' }): Promise<State>;
  ask(order: Order): Promise<unknown>;
  ask(order: Order): Promise<unknown> {
    const id = this.#next++;
    return new Promise((done, fail) => {
      if (this.#child?.connected !== true) {
        fail(new Error('gone'));
        return;
      }
      this.#waiting.set(id, { done, fail });
      this.#child.send({ ...order, id });
    });
  }

  async kill(): Promise<void> {
    if (this.#child === undefined || this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await gone;
  }
}
