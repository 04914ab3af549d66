import { Secret, TOTP } from 'otpauth';
import { standsBy, statusOf, tandem } from '../../lab/demo/node-commands.ts';
import { PingProbe } from '../../lab/demo/ping-probe.ts';
import { addUser, pair, profileOf, setUpPair } from '../../lab/demo/set-up.ts';
import { until } from '../../lab/demo/until.ts';
import { VpnClient } from '../../lab/demo/vpn-client.ts';
import { Lab } from '../../lab/lab.ts';
import type { NodeName } from '../../lab/topology.ts';

export const other = (node: NodeName): NodeName => (node === 'node-a' ? 'node-b' : 'node-a');

/** What one move did to the client and to the address; `tunnelMs` is undefined when it did not come back. */
export interface Gaps {
  readonly tunnelMs: number | undefined;
  readonly addressMs: number;
}

export interface TandemOptions {
  readonly stateDir: string;
  readonly protocol?: 'udp' | 'tcp';
  /** The client gets no calls, as if it were of a version that cannot be called. */
  readonly withoutCalls?: boolean;
}

/** Tandem's pair with one client, who logs in with a password and a one-time code once, and moves of its active role. */
export class TandemPair {
  readonly lab: Lab;
  active: NodeName = 'node-a';
  readonly #client: VpnClient;
  readonly #tunnel: PingProbe;
  readonly #address: PingProbe;

  private constructor(lab: Lab, client: VpnClient) {
    this.lab = lab;
    this.#client = client;
    this.#tunnel = new PingProbe(lab, 'client-1', pair.office, 10);
    this.#address = new PingProbe(lab, 'gateway', pair.virtualAddress, 5);
  }

  static async up({ stateDir, protocol = 'udp', withoutCalls = false }: TandemOptions): Promise<TandemPair> {
    const lab = await Lab.up({ clients: 2, stateDir });
    await setUpPair(lab, () => undefined);
    if (protocol === 'tcp') await serveTcp(lab);
    const { password } = await addUser(lab, 'node-a', 'alice');
    const key = (await tandem(lab, 'node-a', ['user', 'otp', 'alice'])) as { key: string };
    const text = await profileOf(lab, 'node-a', 'alice');
    const profile = protocol === 'udp' ? text : overTcp(text);
    if (withoutCalls) await dropCalls(lab);
    const client = await VpnClient.connect(lab, 'client-1', {
      user: 'alice',
      password: withCode(password, key.key),
      profile,
    });
    const made = new TandemPair(lab, client);
    await until(() => made.#tunnel.answersWithin(500) > 10, 20_000, 'answers through the tunnel');
    return made;
  }

  /** How often the person was asked for password and code; the first login is one. */
  get logins(): number {
    return this.#client.passwordQuestions;
  }

  /** The active node loses its power; afterwards it is back and has every change. */
  async powerLoss(): Promise<Gaps> {
    const dead = this.active;
    const gaps = await this.#measure(() => this.lab.powerOff(dead));
    this.active = other(dead);
    await this.lab.powerOn(dead);
    await this.settled();
    return gaps;
  }

  async switchover(): Promise<Gaps> {
    const gaps = await this.#measure(async () => void (await tandem(this.lab, this.active, ['switchover'])));
    this.active = other(this.active);
    await this.settled();
    return gaps;
  }

  /** Every change is on both nodes, and the other one could take over. */
  async settled(): Promise<void> {
    await until(
      async () => {
        const [here, there] = await Promise.all([
          statusOf(this.lab, this.active),
          statusOf(this.lab, other(this.active)),
        ]);
        return here?.protected === true && standsBy(there);
      },
      60_000,
      'both nodes to be equal',
    );
  }

  async down(): Promise<void> {
    await this.lab.down();
  }

  async #measure(move: () => Promise<void>): Promise<Gaps> {
    const startMs = Date.now();
    await move();
    const back = await backAfter(this.#tunnel, startMs, 30_000);
    return {
      tunnelMs: back ? this.#tunnel.longestGapMs(startMs) : undefined,
      addressMs: this.#address.longestGapMs(startMs),
    };
  }
}

/** Whether the tunnel answers again, and for a while, within the time. */
export async function backAfter(tunnel: PingProbe, startMs: number, withinMs: number): Promise<boolean> {
  try {
    const steady = (): boolean => Date.now() > startMs + 2_000 && tunnel.answersWithin(500) > 20;
    await until(steady, withinMs, 'the tunnel to work again');
    return true;
  } catch {
    return false;
  }
}

/** How a client sends what was typed when a profile asks for a code as well (OpenVPN's management-notes.txt). */
function withCode(password: string, key: string): string {
  const code = new TOTP({ secret: Secret.fromBase32(key) }).generate();
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  return `SCRV1:${base64(password)}:${base64(code)}`;
}

async function serveTcp(lab: Lab): Promise<void> {
  await tandem(lab, 'node-a', ['settings', 'set', 'tcp.enabled=yes']);
  for (const node of ['node-a', 'node-b'] as const)
    await until(
      async () => {
        const servers = (await statusOf(lab, node))?.openvpn ?? [];
        return servers.length === 2 && servers.every(({ pid }) => pid !== null);
      },
      30_000,
      `OpenVPN over TCP on ${node}`,
    );
}

function overTcp(profile: string): string {
  const tcp = /^remote .*tcp.*$/m.exec(profile)?.[0];
  if (tcp === undefined) throw new Error('the profile has no server over TCP');
  return profile.replace(/^remote .*\n/gm, '').replace(/^nobind$/m, `${tcp}\nnobind`);
}

async function dropCalls(lab: Lab): Promise<void> {
  const rules = `table inet deaf {
  chain input {
    type filter hook input priority 0
    udp sport 1194 udp length 68 @th,64,8 0x40 drop
  }
}
`;
  const made = await lab.exec('client-1', ['nft', '-f', '-'], { input: rules });
  if (made.code !== 0) throw new Error(made.stderr);
}
