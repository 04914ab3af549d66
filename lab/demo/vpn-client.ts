import type { ChildProcess } from 'node:child_process';
import type { Lab } from '../lab.ts';
import { startAgent } from './agent.ts';
import { until } from './until.ts';

/** A stock OpenVPN client in a host, and the person in front of it. */
export class VpnClient {
  readonly #child: ChildProcess;
  /** How often the person was asked for the password. */
  passwordQuestions = 0;
  refusals = 0;
  /** How often it gave its session up and began anew. */
  restarts = 0;
  /** How often the tunnel came up, and with which address the last time. */
  connections = 0;
  address: string | undefined;
  connected = false;

  private constructor(lab: Lab, host: string, names: { profile: string; socket: string }) {
    this.#child = startAgent(lab, host, 'vpn-client', [names.profile, names.socket], (event) => {
      if (event.event === 'password-asked') this.passwordQuestions += 1;
      if (event.event === 'refused') this.refusals += 1;
      if (event.event === 'reconnecting') this.restarts += 1;
      if (event.event === 'reconnecting' || event.event === 'ended') this.connected = false;
      if (event.event === 'connected') {
        this.connections += 1;
        this.address = event.address;
        this.connected = true;
      }
    });
  }

  /** Puts the profile on the host (0600) and connects; the password travels on standard input. */
  static async connect(
    lab: Lab,
    host: string,
    account: { readonly user: string; readonly password: string; readonly profile: string },
    timeoutMs = 30_000,
  ): Promise<VpnClient> {
    const profile = `/run/${account.user}.ovpn`;
    const stored = await lab.exec(host, ['sh', '-c', 'umask 077 && cat > "$0"', profile], {
      input: account.profile,
    });
    if (stored.code !== 0)
      throw new Error(`the profile of ${account.user} could not be put on ${host}: ${stored.stderr}`);
    const client = new VpnClient(lab, host, { profile, socket: `/run/${account.user}.sock` });
    client.#child.stdin?.write(`${account.user}\n${account.password}\n`);
    await until(
      () => client.connected || client.refusals > 0,
      timeoutMs,
      `${account.user} to connect from ${host}`,
    );
    return client;
  }

  async disconnect(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const gone = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGTERM');
    await gone;
  }
}
