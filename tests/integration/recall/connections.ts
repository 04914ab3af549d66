import { startAgent } from '../../../lab/demo/agent.ts';
import { until } from '../../../lab/demo/until.ts';
import type { Lab } from '../../../lab/lab.ts';
import type { NodeName } from '../../../lab/topology.ts';

const port = 7788;
/** The office, reached behind the virtual address, and a second one that sees the clients' own addresses. */
const translated = '10.99.0.50';
const routed = '10.99.0.60';
const orders = 4;

/** What became of one connection: undefined when it lives, else why it does not. */
export type Fates = Readonly<Record<string, string | undefined>>;

/** TCP connections from a client to the office in four orders of speaking, each translated and routed. */
export class Connections {
  readonly #last = new Map<string, number>();
  readonly #dead = new Map<string, string>();
  readonly #speakers: (() => void)[];

  private constructor(speakers: (() => void)[]) {
    this.#speakers = speakers;
  }

  /** Opens them; resolves when each has carried data. */
  static async open(lab: Lab, vpnNetwork: string): Promise<Connections> {
    await serveRouted(lab, vpnNetwork);
    let listening = false;
    const server = lab.spawn('office', [
      ...['/opt/tandem/node_modules/.bin/node', '--disable-warning=ExperimentalWarning'],
      ...['/opt/tandem/lab/demo/agents/orders-server.ts', String(port)],
    ]);
    server.stderr?.resume();
    server.stdout?.once('data', () => {
      listening = true;
    });
    await until(() => listening, 10_000, 'the office to listen');
    const client = startAgent(
      lab,
      'client-1',
      'orders-client',
      [String(port), translated, routed],
      (event) => {
        const name = event.connection ?? '';
        if (event.event === 'data') made.#last.set(name, event.atMs);
        if (event.event === 'dead' && !made.#dead.has(name)) made.#dead.set(name, event.reason ?? '');
      },
    );
    const made = new Connections([() => server.stdin?.write('go\n'), () => client.stdin?.write('go\n')]);
    await until(() => made.#last.size === 2 * orders, 20_000, 'all connections');
    return made;
  }

  /** Has those speak that idle, and says which connections brought data after that. */
  async fates(withinMs: number): Promise<Fates> {
    const fromMs = Date.now();
    for (const speak of this.#speakers) speak();
    const settled = (name: string): boolean => this.#dead.has(name) || (this.#last.get(name) ?? 0) >= fromMs;
    const names = [...this.#last.keys()];
    await until(() => names.every(settled), withinMs, 'data').catch(() => undefined);
    return Object.fromEntries(
      names.toSorted().map((name) => [name, this.#dead.get(name) ?? (settled(name) ? undefined : 'silent')]),
    );
  }
}

/**
 * Takes the translation away for one address of the office. To be repeated when a node was off: a chain before ours
 * decides that the source stays what it is.
 */
export async function routeTo(lab: Lab, node: NodeName, vpnAddress: string): Promise<void> {
  const rules = `table ip routed {
  chain postrouting {
    type nat hook postrouting priority srcnat - 1
    ip daddr ${routed} ip saddr ${vpnAddress} snat to ${vpnAddress}
  }
}
`;
  const made = await lab.exec(node, ['nft', '-f', '-'], { input: rules });
  if (made.code !== 0) throw new Error(made.stderr);
}

async function serveRouted(lab: Lab, vpnNetwork: string): Promise<void> {
  const words = `ip address add ${routed}/24 dev eth0 && ip route add ${vpnNetwork} via 10.99.0.100`;
  const made = await lab.exec('office', ['sh', '-c', words]);
  if (made.code !== 0) throw new Error(made.stderr);
}
