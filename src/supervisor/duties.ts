import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import { renderFirewall } from '../access/network/firewall.ts';
import { renderServerConfig } from '../access/openvpn/server-config.ts';
import type {
  FirewallRequest,
  HeartbeatRequest,
  OpenvpnRequest,
  RequestBody,
} from '../privileged/channel.ts';
import { paths } from '../settings/paths.ts';
import { type Account, accountName } from './account.ts';
import { Child } from './child.ts';
import { removeAddress } from './virtual-address.ts';

const commandMain = fileURLToPath(new URL('../cli/main.ts', import.meta.url));
/** Real-time priority of the heartbeat; below the kernel's own threads (50), above everything ordinary: sched(7). */
const nftTimeoutMs = 10_000;

interface Running {
  readonly child: Child;
  /** What it was started with, to tell a repeated request from a changed one. */
  fingerprint: string;
}

/** The privileged things a node does, one method per request of `privileged/channel.ts`. */
export class Duties {
  readonly #account: Account;
  readonly #log: Logger;
  #heartbeat: Running | undefined;
  readonly #openvpn = new Map<string, Running>();

  constructor(parts: { account: Account; log: Logger }) {
    this.#account = parts.account;
    this.#log = parts.log;
  }

  async carryOut(body: RequestBody): Promise<void> {
    switch (body.ask) {
      case 'heartbeat.run':
        return this.#runHeartbeat(body.heartbeat);
      case 'openvpn.run':
        return this.#runOpenvpn(body.openvpn);
      case 'openvpn.restart':
        return this.#openvpn.get(body.name)?.child.restart();
      case 'firewall.apply':
        return this.#applyFirewall(body.firewall);
    }
  }

  /** Ends what an earlier supervisor that was killed left running: its OpenVPN processes, by their pid files. */
  undoLeftovers(): void {
    for (const name of ['udp']) {
      const file = `${paths.openvpnRunDirectory}/${name}/pid`;
      if (!existsSync(file)) continue;
      const pid = Number(readFileSync(file, 'utf8'));
      if (isOpenvpn(pid)) process.kill(pid, 'SIGTERM');
      rmSync(file, { force: true });
    }
  }

  async stopHeartbeat(): Promise<void> {
    await this.#heartbeat?.child.stop();
    this.#heartbeat = undefined;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#openvpn.values()].map((running) => running.child.stop()));
    this.#openvpn.clear();
    await nft('table inet tandem\ndelete table inet tandem\n');
  }

  async #runHeartbeat(request: HeartbeatRequest): Promise<void> {
    const config = JSON.stringify({
      interface: request.interface,
      protocol: 'vrrp',
      vhid: request.vhid,
      priority: request.priority,
      advertisementIntervalMs: request.advertisementIntervalMs,
      pair: true,
      virtualAddresses: [request.virtualAddress],
      preempt: false,
      leaseSeconds: request.leaseSeconds,
      controlSocket: paths.heartbeatSocket,
    });
    if (this.#heartbeat?.fingerprint === config) return;
    writeFileSync(paths.heartbeatConfig, config, { mode: 0o600 });
    if (this.#heartbeat !== undefined) {
      this.#heartbeat.fingerprint = config;
      this.#heartbeat.child.signal('SIGHUP');
      return;
    }
    const child = new Child(
      {
        name: 'heartbeat',
        program: 'setpriv',
        // Should the supervisor die, the heartbeat leaves gracefully instead of outliving it.
        arguments: [
          '--pdeathsig=TERM',
          process.execPath,
          '--disable-warning=ExperimentalWarning',
          commandMain,
          'heartbeat',
          'run',
          '--config',
          paths.heartbeatConfig,
        ],
        options: { stdio: ['ignore', 'inherit', 'inherit'] },
        onGone: () => removeAddress(request.virtualAddress, request.interface, this.#log),
      },
      this.#log,
    );
    this.#heartbeat = { child, fingerprint: config };
    child.start();
  }

  async #runOpenvpn(request: OpenvpnRequest): Promise<void> {
    const fingerprint = JSON.stringify(request);
    const existing = this.#openvpn.get(request.name);
    if (existing?.fingerprint === fingerprint) return;
    const configFile = this.#writeOpenvpnFiles(request);
    if (existing !== undefined) {
      existing.fingerprint = fingerprint;
      await existing.child.restart();
      return;
    }
    const child = new Child(
      {
        name: `openvpn-${request.name}`,
        program: 'openvpn',
        arguments: ['--config', configFile],
        options: { stdio: ['ignore', 'inherit', 'inherit'] },
      },
      this.#log,
    );
    this.#openvpn.set(request.name, { child, fingerprint });
    child.start();
  }

  /** Secrets lie in `/run` (memory), readable by root alone; OpenVPN reads them before it drops its privileges. */
  #writeOpenvpnFiles(request: OpenvpnRequest): string {
    const directory = `${paths.openvpnRunDirectory}/${request.name}`;
    mkdirSync(directory, { recursive: true });
    chmodSync(directory, 0o2750);
    const secrets = {
      'ca.pem': request.identity.certificateAuthority,
      'server.pem': request.identity.certificate,
      'server.key': request.identity.privateKey,
      'tls-crypt-v2.key': request.identity.tlsCryptV2ServerKey,
      'auth-token.key': request.identity.authTokenSecret,
    };
    for (const [file, text] of Object.entries(secrets)) {
      writeFileSync(`${directory}/${file}`, text, { mode: 0o600 });
    }
    const configFile = `${directory}/server.conf`;
    writeFileSync(configFile, renderServerConfig(serverSpec(request, directory)), { mode: 0o600 });
    return configFile;
  }

  async #applyFirewall(request: FirewallRequest): Promise<void> {
    await nft(renderFirewall(request));
  }
}
