import { type ChildProcess, spawn } from 'node:child_process';
import { createConnection, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for what is observed, not for time to pass. */
export async function until<Value>(
  what: string,
  observe: () => Value | undefined | false,
  boundMs = 20_000,
): Promise<Value> {
  const end = performance.now() + boundMs;
  for (;;) {
    const value = observe();
    if (value !== undefined && value !== false) return value;
    if (performance.now() > end) throw new Error(`not within ${boundMs} ms: ${what}`);
    await sleep(10);
  }
}

/** A real openvpn in a namespace, with all it logs. */
export class OpenvpnProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  log = '';
  exited = false;

  constructor(namespace: string, argv: readonly string[]) {
    // `ip netns exec` becomes openvpn, so the child's pid is openvpn's.
    this.#child = spawn('ip', ['netns', 'exec', namespace, 'openvpn', ...argv], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.log += text;
      });
    }
    this.#ended = new Promise((resolve) => {
      this.#child.once('close', () => {
        this.exited = true;
        resolve();
      });
    });
  }

  /** Waits until the log has had `pattern` so many times. */
  async logged(pattern: RegExp, times = 1, boundMs?: number): Promise<void> {
    const all = new RegExp(pattern, 'g');
    const found = (): boolean => (this.log.match(all)?.length ?? 0) >= times;
    try {
      await until(String(pattern), found, boundMs);
    } catch (cause) {
      throw new Error(`${pattern} was not logged ${times} times:\n${this.log}`, { cause });
    }
  }

  async ended(boundMs?: number): Promise<void> {
    await until('the end of openvpn', () => this.exited, boundMs);
  }

  async kill(signal: 'SIGTERM' | 'SIGKILL' = 'SIGKILL'): Promise<void> {
    this.#child.kill(signal);
    await this.#ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}

/** The person before the client: types user name and password whenever openvpn asks, and counts how often. */
export class Person implements Disposable {
  readonly #socket: Promise<Socket>;
  prompts = 0;
  /** What it types from now on; a person with a one-time code types both (`SCRV1`). */
  password: string;
  code: string | undefined;
  /** The words of the question, with `SC:1,…` where the profile asks for a one-time code. */
  question = '';
  /** The token of the client's session, as it is told to whoever manages the client. */
  token: string | undefined;

  constructor(socketPath: string, username: string, password: string) {
    this.password = password;
    this.#socket = connect(socketPath);
    void this.#socket.then((socket) => {
      let text = '';
      socket.on('data', (chunk: string) => {
        text += chunk;
        const lines = text.split('\n');
        text = lines.pop() ?? '';
        for (const line of lines) {
          this.token = /^>PASSWORD:Auth-Token:(\S+)/.exec(line)?.[1] ?? this.token;
          if (!line.startsWith(">PASSWORD:Need 'Auth'")) continue;
          this.prompts += 1;
          this.question = line;
          socket.write(`username "Auth" "${username}"\npassword "Auth" "${this.#answer()}"\n`);
        }
      });
    });
  }

  #answer(): string {
    if (this.code === undefined) return this.password;
    const [password, code] = [this.password, this.code].map((text) => Buffer.from(text).toString('base64'));
    return `SCRV1:${password}:${code}`;
  }

  [Symbol.dispose](): void {
    void this.#socket.then((socket) => socket.destroy());
  }
}

async function connect(path: string): Promise<Socket> {
  for (let attempt = 0; ; attempt += 1) {
    const socket = createConnection(path).setEncoding('utf8');
    const connected = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true));
      socket.on('error', () => resolve(false));
    });
    if (connected) return socket;
    if (attempt > 500) throw new Error(`nobody listens on ${path}`);
    await sleep(10);
  }
}
