import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const PREFIX = 'tandem-test';
let created = 0;

/**
 * A LAN in network namespaces of its own: one bridge, hosts with one cable (`eth0`) each. Nothing of it touches the
 * machine's own interfaces; `dispose` removes everything, and so does the end of the process.
 *
 *   await using lan = await Network.create({ 'node-a': '10.99.0.1/24', 'node-b': '10.99.0.2/24' });
 */
export class Network implements AsyncDisposable {
  readonly #name: string;
  readonly #hosts = new Map<string, Host>();
  readonly #onExit = (): void => this.#removeNow();
  /** A directory for sockets, configurations and logs; removed with the network. */
  readonly directory: string;

  private constructor(name: string) {
    this.#name = name;
    this.directory = mkdtempSync(join(tmpdir(), `${PREFIX}-`));
    process.on('exit', this.#onExit).on('SIGINT', endOnSignal).on('SIGTERM', endOnSignal);
  }

  /** `addresses` maps the name of each host to its address and network length on `eth0`. */
  static async create(addresses: Readonly<Record<string, string>>): Promise<Network> {
    if (process.getuid?.() !== 0)
      throw new Error('this test makes network namespaces and must run as root: sudo ./test');
    await removeStale();
    created += 1;
    const network = new Network(`${PREFIX}-${process.pid}-${created}`);
    try {
      await ip('netns', 'add', network.#switch);
      await ip('-n', network.#switch, 'link', 'add', 'bridge0', 'type', 'bridge', 'mcast_snooping', '0');
      await ip('-n', network.#switch, 'link', 'set', 'bridge0', 'up');
      for (const [name, address] of Object.entries(addresses)) await network.#addHost(name, address);
      return network;
    } catch (error) {
      await network[Symbol.asyncDispose]();
      throw error;
    }
  }

  host(name: string): Host {
    const host = this.#hosts.get(name);
    if (host === undefined) throw new Error(`there is no host ${name}`);
    return host;
  }

  /** Pulls the cable: the host loses its carrier. */
  async cut(name: string): Promise<void> {
    await ip('-n', this.#switch, 'link', 'set', this.host(name).port, 'down');
  }

  async mend(name: string): Promise<void> {
    await ip('-n', this.#switch, 'link', 'set', this.host(name).port, 'up');
    await until(async () => (await this.host(name).linkState()) === 'UP', 5000, `${name} has its link again`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    process.off('exit', this.#onExit).off('SIGINT', endOnSignal).off('SIGTERM', endOnSignal);
    await Promise.all([...this.#hosts.values()].map((host) => host.killAll()));
    this.#removeNow();
  }

  get #switch(): string {
    return `${this.#name}-switch`;
  }

  async #addHost(name: string, address: string): Promise<void> {
    const port = `port${this.#hosts.size}`;
    const host = new Host(name, `${this.#name}-${name}`, port);
    this.#hosts.set(name, host);
    await ip('netns', 'add', host.namespace);
    await ip('-n', host.namespace, 'link', 'set', 'lo', 'up');
    await ip(
      '-n',
      host.namespace,
      'link',
      'add',
      'eth0',
      'type',
      'veth',
      'peer',
      'name',
      port,
      'netns',
      this.#switch,
    );
    await ip('-n', this.#switch, 'link', 'set', port, 'master', 'bridge0', 'up');
    await ip('-n', host.namespace, 'address', 'add', address, 'dev', 'eth0');
    await ip('-n', host.namespace, 'link', 'set', 'eth0', 'up');
    await until(async () => (await host.linkState()) === 'UP', 5000, `${name} has its link`);
  }

  #removeNow(): void {
    for (const host of this.#hosts.values()) host.killNow();
    for (const namespace of [...[...this.#hosts.values()].map((host) => host.namespace), this.#switch]) {
      removeNamespace(namespace);
    }
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** One machine on the LAN. It shares files and process ids with the test; its network is its own. */
export class Host {
  readonly name: string;
  readonly namespace: string;
  /** The other end of its cable, on the switch. */
  readonly port: string;
  readonly #processes = new Set<ChildProcess>();

  constructor(name: string, namespace: string, port: string) {
    this.name = name;
    this.namespace = namespace;
    this.port = port;
  }

  /** Runs a program to its end; throws when it fails. */
  async run(program: string, ...words: readonly string[]): Promise<string> {
    const { stdout } = await run('ip', ['netns', 'exec', this.namespace, program, ...words]);
    return stdout;
  }

  /** Starts a program that stays; it is the process itself, so signals reach it. Killed with the network. */
  start(program: string, ...words: readonly string[]): ChildProcess {
    const child = spawn('ip', ['netns', 'exec', this.namespace, program, ...words], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#processes.add(child);
    child.once('exit', () => this.#processes.delete(child));
    return child;
  }

  /** The addresses on `eth0`, with their length. */
  async addresses(): Promise<string[]> {
    const { stdout } = await run('ip', ['-n', this.namespace, '-json', 'address', 'show', 'dev', 'eth0']);
    const [link] = JSON.parse(stdout) as { addr_info: { local: string; prefixlen: number }[] }[];
    return (link?.addr_info ?? []).map(({ local, prefixlen }) => `${local}/${prefixlen}`);
  }

  async holds(address: string): Promise<boolean> {
    return (await this.addresses()).includes(address);
  }

  async linkState(): Promise<string> {
    const { stdout } = await run('ip', ['-n', this.namespace, '-json', 'link', 'show', 'dev', 'eth0']);
    const [link] = JSON.parse(stdout) as { operstate: string }[];
    return link?.operstate ?? 'GONE';
  }

  /** Kills a process and what it started, without a farewell. */
  async kill(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    for (const pid of family(child.pid)) signal(pid, 'SIGKILL');
    await exited;
  }

  async killAll(): Promise<void> {
    await Promise.all([...this.#processes].map((child) => this.kill(child)));
  }

  killNow(): void {
    for (const child of this.#processes) for (const pid of family(child.pid)) signal(pid, 'SIGKILL');
  }
}

/** Waits for something to be observed, at most `boundMs`; then fails and says what was waited for. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  boundMs: number,
  what: string,
): Promise<void> {
  const end = Date.now() + boundMs;
  for (;;) {
    if (await condition()) return;
    if (Date.now() > end) throw new Error(`not within ${boundMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** So that the exit handlers clean up. */
function endOnSignal(): void {
  process.exit(130);
}

async function ip(...words: readonly string[]): Promise<void> {
  await run('ip', [...words]);
}

/** A process and its descendants, itself first. */
export function family(pid: number | undefined): number[] {
  if (pid === undefined) return [];
  try {
    const children = execFileSync('cat', [`/proc/${pid}/task/${pid}/children`], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return [
      pid,
      ...children
        .split(' ')
        .filter((word) => word !== '')
        .flatMap((word) => family(Number(word))),
    ];
  } catch {
    return [pid];
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function removeNamespace(name: string): void {
  if (!existsSync(`/run/netns/${name}`)) return;
  try {
    execFileSync('ip', ['netns', 'delete', name], { stdio: 'ignore' });
  } catch (error) {
    if (existsSync(`/run/netns/${name}`)) throw error;
  }
}

/** Namespaces of test runs that were killed before they could clean up. */
async function removeStale(): Promise<void> {
  const { stdout } = await run('ip', ['netns', 'list']);
  for (const line of stdout.split('\n')) {
    const [name = ''] = line.split(' ');
    const owner = new RegExp(`^${PREFIX}-(\\d+)-`).exec(name)?.[1];
    if (owner === undefined || existsSync(`/proc/${owner}`)) continue;
    // Another test may be removing it at the same moment.
    const { stdout: pids } = await run('ip', ['netns', 'pids', name]).catch(() => ({ stdout: '' }));
    for (const pid of pids.split('\n').filter((text) => text !== '')) signal(Number(pid), 'SIGKILL');
    removeNamespace(name);
  }
}
