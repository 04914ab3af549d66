import { execFile } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import type { Logger } from 'pino';
import { renderConnectionTracking } from '../access/network/connection-tracking.ts';
import type { ConnectionTrackingRequest } from '../privileged/channel.ts';
import { paths } from '../settings/paths.ts';
import { Child } from './child.ts';

const run = promisify(execFile);
const commandTimeoutMs = 5_000;
/** conntrackd answers a moment after its start; and what is told while the other one starts may be missed. */
const askAfterMs = [100, 500, 2_000, 10_000];
/** Not in the moment of the takeover itself: then processors have clients to bring back. */
const tellAfterMs = [200, 1_000, 5_000];
/** The other kernel forgets a UDP connection after two minutes in which it is told nothing of it. */
const retellMs = 60_000;

/**
 * Runs conntrackd, so that the other node's kernel knows the connections of the VPN clients before it needs them.
 *
 * What conntrackd put into a kernel itself it does not tell further: so the node that begins to serve has it read the
 * kernel's table anew (`-R`), for the way back. The node that ceases begins afresh and asks for everything (`-n`): a
 * connection that runs out on it, because the packets are elsewhere now, must not end the one that lives.
 */
export class ConnectionTrackingDuty {
  readonly #log: Logger;
  #child: Child | undefined;
  #config = '';
  #vpnNetworks: readonly string[] = [];
  #serving = false;
  #timers: NodeJS.Timeout[] = [];
  #changing: Promise<void> = Promise.resolve();

  constructor(log: Logger) {
    this.#log = log;
  }

  /** Starts it, or restarts it with a changed configuration. */
  run(request: ConnectionTrackingRequest): Promise<void> {
    return this.#inOrder(async () => {
      const config = renderConnectionTracking({
        ...request,
        lockFile: paths.connectionTrackingLock,
        controlSocket: paths.connectionTrackingSocket,
      });
      if (config === this.#config) return;
      await this.#child?.stop();
      writeFileSync(paths.connectionTrackingConfig, config, { mode: 0o600 });
      this.#config = config;
      this.#vpnNetworks = [request.vpnNetwork, request.vpnNetwork6].filter((network) => network !== '');
      this.#start();
    });
  }

  /** This node began to serve the clients, or the other one did. */
  follow(serving: boolean): Promise<void> {
    return this.#inOrder(async () => {
      const ceased = this.#serving && !serving;
      this.#serving = serving;
      if (this.#child === undefined) return;
      if (ceased) {
        await this.#child.stop();
        await this.#forgetConnections();
        this.#start();
      } else this.#agree();
    });
  }

  stop(): Promise<void> {
    return this.#inOrder(async () => {
      this.#clearTimers();
      await this.#child?.stop();
      this.#child = undefined;
    });
  }

  #inOrder(work: () => Promise<void>): Promise<void> {
    const done = this.#changing.then(work);
    this.#changing = done.catch(() => undefined);
    return done;
  }

  #start(): void {
    removeRemains();
    this.#child = new Child(
      {
        name: 'conntrackd',
        program: 'setpriv',
        arguments: ['--pdeathsig=TERM', 'conntrackd', '-C', paths.connectionTrackingConfig],
        options: { stdio: ['ignore', 'inherit', 'inherit'] },
        // It refuses to start beside the lock of one that was killed.
        onGone: removeRemains,
        onStart: () => this.#agree(),
      },
      this.#log,
    );
    this.#child.start();
  }

  /** Repeated, because neither a conntrackd that starts nor its neighbour need listen yet. */
  #agree(): void {
    this.#clearTimers();
    if (this.#serving) {
      this.#timers = [
        ...tellAfterMs.map((ms) => setTimeout(() => void this.#tell('-R').then(() => this.#tell('-B')), ms)),
        setInterval(() => void this.#tell('-B'), retellMs),
      ];
    } else this.#timers = askAfterMs.map((ms) => setTimeout(() => void this.#tell('-n'), ms));
  }

  #clearTimers(): void {
    for (const timer of this.#timers.splice(0)) clearTimeout(timer);
  }

  /** conntrackd(8): -R reads the kernel's table, -B tells the other node everything, -n asks it for everything. */
  async #tell(command: '-R' | '-B' | '-n'): Promise<void> {
    try {
      await run('conntrackd', ['-C', paths.connectionTrackingConfig, command], { timeout: commandTimeoutMs });
    } catch (error) {
      this.#log.debug({ err: error, command }, 'conntrackd did not take a command; it is repeated');
    }
  }

  async #forgetConnections(): Promise<void> {
    for (const network of this.#vpnNetworks) {
      const family = network.includes(':') ? 'ipv6' : 'ipv4';
      for (const end of ['--orig-src', '--orig-dst']) {
        // It fails when there is none.
        await run('conntrack', ['-D', '-f', family, end, network], { timeout: commandTimeoutMs }).catch(
          () => undefined,
        );
      }
    }
  }
}

function removeRemains(): void {
  rmSync(paths.connectionTrackingLock, { force: true });
  rmSync(paths.connectionTrackingSocket, { force: true });
}
