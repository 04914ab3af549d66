import type { ChildProcess } from 'node:child_process';
import type { Lab } from '../lab.ts';
import { startAgent } from './agent.ts';
import { until } from './until.ts';

const port = 7777;

/** A TCP connection from a client through the tunnel to the office, with data in both directions. */
export class InnerConnection {
  readonly #child: ChildProcess;
  #lastEchoMs = 0;
  #lastNumber = 0;
  #open = false;
  #death: string | undefined;

  private constructor(lab: Lab, host: string, server: string) {
    this.#child = startAgent(lab, host, 'echo-client', [server, String(port)], (event) => {
      if (event.event === 'open') this.#open = true;
      if (event.event === 'dead') this.#death = event.reason ?? 'closed';
      if (event.event === 'echo') {
        this.#lastEchoMs = event.atMs;
        this.#lastNumber = event.number ?? 0;
      }
    });
  }

  /** Starts the office's server; it runs until the lab is taken down. */
  static async serve(lab: Lab, host: string): Promise<void> {
    let listening = false;
    const server = lab.spawn(host, [
      '/opt/tandem/node_modules/.bin/node',
      '--disable-warning=ExperimentalWarning',
      '/opt/tandem/lab/demo/agents/echo-server.ts',
      String(port),
    ]);
    server.stderr?.resume();
    server.stdout?.once('data', () => {
      listening = true;
    });
    await until(() => listening, 10_000, 'the office server to listen');
  }

  static async open(lab: Lab, host: string, server: string): Promise<InnerConnection> {
    const connection = new InnerConnection(lab, host, server);
    await until(
      () => connection.#open && connection.#lastNumber > 3,
      10_000,
      'a TCP connection through the tunnel',
    );
    return connection;
  }

  get alive(): boolean {
    return this.#death === undefined;
  }

  /** Whether the same connection brings new data after that moment, within the time. */
  async carriesDataAfter(momentMs: number, timeoutMs: number): Promise<boolean> {
    try {
      await until(
        () => this.#death !== undefined || this.#lastEchoMs > momentMs,
        timeoutMs,
        'data on the connection',
      );
    } catch {
      return false;
    }
    return this.#death === undefined;
  }

  close(): void {
    this.#child.kill('SIGTERM');
  }
}
