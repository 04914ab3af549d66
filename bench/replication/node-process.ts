import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Answer, Load, Order, State } from './orders.ts';

const program = new URL('./node.ts', import.meta.url).pathname;
const slowerDisk = new URL('./slower-disk.ts', import.meta.url).pathname;

/** A node of the benchmark, seen from outside. */
export class NodeProcess {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, { done(value: unknown): void; fail(error: Error): void }>();
  #next = 1;
  /** The changes of `pace` that were answered. */
  readonly answered: string[] = [];

  /**
   * @param inside the words that start a program where the node shall live, for example in a namespace
   * @param syncMs by how much longer its disk takes to sync than this machine's
   */
  static async start(
    inside: readonly string[],
    words: readonly string[],
    syncMs: number = 0,
  ): Promise<NodeProcess> {
    const options = ['--disable-warning=ExperimentalWarning', '--import', slowerDisk];
    const [command = '', ...rest] = [...inside, process.execPath, ...options, program, ...words];
    const child = spawn(command, rest, {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: { ...process.env, TANDEM_BENCH_SYNC_MS: `${syncMs}` },
    });
    const started = new NodeProcess(child);
    await once(child, 'message');
    return started;
  }

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.on('message', (message: Answer) => {
      if ('answered' in message) {
        this.answered.push(message.answered);
        return;
      }
      const waiting = this.#waiting.get(message.id);
      this.#waiting.delete(message.id);
      if ('failed' in message) waiting?.fail(new Error(message.failed));
      else waiting?.done(message.value);
    });
    child.once('exit', () => {
      for (const { fail } of this.#waiting.values()) fail(new Error('the node is gone'));
    });
  }

  tell(order: { readonly do: 'state' }): Promise<State>;
  tell(order: { readonly do: 'load'; readonly writers: number; readonly forMs: number }): Promise<Load>;
  tell(order: { readonly do: 'claim' }): Promise<number>;
  tell(order: Order): Promise<unknown>;
  tell(order: Order): Promise<unknown> {
    const id = this.#next++;
    return new Promise((done, fail) => {
      this.#waiting.set(id, { done, fail });
      this.#child.send({ ...order, id });
    });
  }

  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await gone;
  }
}
