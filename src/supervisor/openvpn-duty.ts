import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Logger } from 'pino';
import { renderServerConfig } from '../access/openvpn/server-config.ts';
import type { OpenvpnRequest } from '../privileged/channel.ts';
import { managementSocket, paths } from '../settings/paths.ts';
import { accountNames } from '../settings/service-account.ts';
import { Child } from './child.ts';

/** Runs the OpenVPN processes, each from a configuration rendered here; a changed request restarts just that one. */
export class OpenvpnDuty {
  readonly #log: Logger;
  readonly #running = new Map<string, { readonly child: Child; request: string }>();

  constructor(log: Logger) {
    this.#log = log;
  }

  async run(request: OpenvpnRequest): Promise<void> {
    const asText = JSON.stringify(request);
    const running = this.#running.get(request.name);
    if (running?.request === asText) return;
    const configFile = writeFiles(request);
    if (running !== undefined) {
      running.request = asText;
      await running.child.restart();
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
    this.#running.set(request.name, { child, request: asText });
    child.start();
  }

  /** `hung`: it would not hear a request to end. */
  async restart(name: string, hung: boolean): Promise<void> {
    const child = this.#running.get(name)?.child;
    if (hung) child?.signal('SIGKILL');
    else await child?.restart();
  }

  /** Ends one process for good. */
  async end(name: string): Promise<void> {
    const running = this.#running.get(name);
    this.#running.delete(name);
    await running?.child.stop();
    rmSync(instanceDirectory(name), { recursive: true, force: true });
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#running.values()].map(({ child }) => child.stop()));
    this.#running.clear();
  }
}

/** Ends every OpenVPN that a supervisor which was killed left running: by its pid file, after a look at what the pid is now. */
export function endLeftoverOpenvpn(): void {
  for (const name of readdirSync(paths.openvpnRunDirectory)) {
    const file = `${instanceDirectory(name)}/pid`;
    if (!existsSync(file)) continue;
    const pid = Number(readFileSync(file, 'utf8'));
    rmSync(file);
    const commandFile = `/proc/${pid}/comm`;
    if (pid > 1 && existsSync(commandFile) && readFileSync(commandFile, 'utf8').trim() === 'openvpn') {
      process.kill(pid, 'SIGKILL');
    }
  }
}

function instanceDirectory(name: string): string {
  return `${paths.openvpnRunDirectory}/${name}`;
}

/** Secrets lie in `/run` (memory), readable by root alone; OpenVPN reads them before it drops its privileges. */
function writeFiles(request: OpenvpnRequest): string {
  const directory = instanceDirectory(request.name);
  mkdirSync(directory, { recursive: true });
  chmodSync(directory, 0o2750);
  const { identity } = request;
  const write = (file: string, text: string): string => {
    const path = `${directory}/${file}`;
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  const config = renderServerConfig({
    protocol: request.protocol,
    address: request.address,
    port: request.port,
    device: request.device,
    generic: request.generic,
    network: request.network,
    network6: request.network6,
    main: request.main,
    dataChannel: request.dataChannel,
    shareWith: request.shareWith,
    directives: request.directives,
    keepalive: request.keepalive,
    token: request.token,
    files: {
      certificateAuthority: write('ca.pem', identity.certificateAuthority),
      certificate: write('server.pem', identity.certificate),
      privateKey: write('server.key', identity.privateKey),
      tlsCryptV2ServerKey: write('tls-crypt-v2.key', identity.tlsCryptV2ServerKey),
      authTokenSecret: write('auth-token.key', identity.authTokenSecret),
      revokedSerials: paths.revokedSerials,
      clientConfigDirectory: paths.clientConfigDirectory,
      managementSocket: managementSocket(request.name),
      pid: `${directory}/pid`,
    },
    runAs: { user: accountNames.vpn, group: accountNames.vpn },
  });
  return write('server.conf', config);
}
