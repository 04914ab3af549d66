import { chmodSync, chownSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LoginAccount } from '../../../src/access/auth/login-gate.ts';
import { hashPassword } from '../../../src/access/auth/password.ts';
import { clientConfigFileName, renderClientConfigFile } from '../../../src/access/openvpn/client-config.ts';
import {
  type DoorEvent,
  Doorkeeper,
  type DoorkeeperOptions,
} from '../../../src/access/openvpn/doorkeeper.ts';
import { type OpenvpnServerSpec, renderServerConfig } from '../../../src/access/openvpn/server-config.ts';
import { type CertificateAuthority, createCertificateAuthority } from '../../../src/access/pki/authority.ts';
import { issueClientCertificate, issueServerCertificate } from '../../../src/access/pki/certificates.ts';
import {
  generateAuthTokenSecret,
  generateTlsCryptV2ClientKey,
  generateTlsCryptV2ServerKey,
} from '../../../src/access/pki/openvpn-keys.ts';
import { type ProfileKind, type ProfileSpec, renderProfile } from '../../../src/access/profiles/profile.ts';
import { systemAccount } from '../../../src/settings/service-account.ts';
import { RevokedSerials } from '../../../src/vpn/revoked-serials.ts';
import { TestNetwork } from './network.ts';
import { OpenvpnProcess, Person, until } from './openvpn-process.ts';

export const PASSWORD = 'correct horse battery';

/** One server beside its doorkeeper, and all that happened at the door. */
export interface RunningServer extends AsyncDisposable {
  readonly process: OpenvpnProcess;
  readonly doorkeeper: Doorkeeper;
  readonly events: readonly DoorEvent[];
  /** It serves, and its doorkeeper is at the door. */
  ready(): Promise<void>;
}

export interface RunningClient extends AsyncDisposable {
  readonly process: OpenvpnProcess;
  readonly person: Person;
}

/** Everything that the two nodes of a pair have in common, in one directory; servers come and go. */
export class Vpn implements Disposable {
  readonly network: TestNetwork = new TestNetwork();
  readonly accounts: Map<string, LoginAccount> = new Map();
  /** Common names of certificates that are enough. */
  readonly autoLogin: Set<string> = new Set();
  /** What profiles made from now on say instead of the one server. */
  listed: Partial<Pick<ProfileSpec, 'remotes' | 'shuffled' | 'directives'>> = {};
  readonly #directory: string = mkdtempSync(join(tmpdir(), 'tandem-vpn-'));
  readonly #revoked: RevokedSerials;
  readonly #serials: Map<string, string> = new Map();
  readonly #authority: CertificateAuthority;
  readonly #tlsCryptV2ServerKey: string;
  #started = 0;

  static async create(): Promise<Vpn> {
    const now = new Date();
    const authority = await createCertificateAuthority({ commonName: 'Tandem test', now, validDays: 30 });
    const vpn = new Vpn(authority, await generateTlsCryptV2ServerKey());
    await vpn.#writeServerFiles();
    return vpn;
  }

  private constructor(authority: CertificateAuthority, tlsCryptV2ServerKey: string) {
    this.#authority = authority;
    this.#tlsCryptV2ServerKey = tlsCryptV2ServerKey;
    chmodSync(this.#directory, 0o755);
    mkdirSync(`${this.#directory}/ccd`);
    // As on a node: by the set-group-id bit the files in it are for OpenVPN's group to read.
    mkdirSync(`${this.#directory}/revoked`);
    chownSync(`${this.#directory}/revoked`, 0, systemAccount('nobody').gid);
    chmodSync(`${this.#directory}/revoked`, 0o2750);
    this.#revoked = new RevokedSerials(`${this.#directory}/revoked`);
  }

  async #writeServerFiles(): Promise<void> {
    const request = { commonName: 'tandem-server', now: new Date(), validDays: 30 };
    const server = await issueServerCertificate(this.#authority, request);
    this.#write('ca.pem', this.#authority.certificatePem);
    this.#write('server.pem', server.certificatePem);
    this.#write('server.key', server.privateKeyPem, 0o600);
    this.#write('tls-crypt-v2.key', this.#tlsCryptV2ServerKey, 0o600);
    this.#write('auth-token.key', await generateAuthTokenSecret(), 0o600);
  }

  /** A user with one profile, `default`, and the VPN address `10.8.0.<host>`. */
  async addUser(
    username: string,
    host: number,
    oneTimeCode = false,
    kind: ProfileKind = 'user-locked',
  ): Promise<void> {
    if (kind === 'auto-login') this.autoLogin.add(`${username}:default`);
    const commonName = `${username}:default`;
    const certificate = await issueClientCertificate(this.#authority, {
      commonName,
      now: new Date(),
      validDays: 30,
    });
    this.#serials.set(username, certificate.serialHex);
    this.accounts.set(username, {
      blocked: false,
      autoLogin: kind === 'auto-login',
      passwordHash: await hashPassword(PASSWORD),
    });
    const profile = renderProfile({
      remotes: [{ host: TestNetwork.virtualAddress, port: 1194, protocol: 'udp' }],
      serverName: 'tandem-server',
      certificateAuthority: this.#authority.certificatePem,
      certificate: certificate.certificatePem,
      privateKey: certificate.privateKeyPem,
      tlsCryptV2ClientKey: await generateTlsCryptV2ClientKey(this.#tlsCryptV2ServerKey),
      oneTimeCode,
      kind,
      ...this.listed,
    });
    this.#write(`${username}.ovpn`, profile, 0o600);
    this.writeClientFile(username, host, false);
  }

  writeClientFile(username: string, host: number, disabled: boolean): void {
    const client = {
      address: `10.8.0.${host}`,
      netmask: '255.255.255.0',
      ipv6: { address: `fd00:8::10${host}/64`, server: 'fd00:8::1' },
      disabled,
      routes: ['10.99.0.0/25'],
      dns: ['10.99.0.50'],
    };
    this.#write(`ccd/${clientConfigFileName(`${username}:default`)}`, renderClientConfigFile(client));
  }

  removeClientFile(username: string): void {
    rmSync(`${this.#directory}/ccd/${clientConfigFileName(`${username}:default`)}`);
  }

  block(username: string): void {
    const account = this.accounts.get(username);
    if (account !== undefined) this.accounts.set(username, { ...account, blocked: true });
  }

  revoke(username: string): void {
    this.#revoked.follow([this.#serials.get(username) ?? '']);
  }

  /** @param door `late`: nobody is at the door until its doorkeeper is started */
  startServer(
    { late, ...door }: Pick<DoorkeeperOptions, 'memory' | 'beforeEntry'> & { late?: true } = {},
    spec: Partial<OpenvpnServerSpec> = {},
  ): RunningServer {
    this.#started += 1;
    const managementSocket = `${this.#directory}/management-${this.#started}.sock`;
    const path = (file: string): string => `${this.#directory}/${file}`;
    const config = renderServerConfig({
      protocol: 'udp',
      address: TestNetwork.virtualAddress,
      port: 1194,
      device: 'tun0',
      network: '10.8.0.0/24',
      network6: '',
      main: true,
      shareWith: '',
      directives: '',
      keepalive: { ping: 1, restart: 4 },
      token: { lifetime: 43_200, renewal: 3600 },
      files: {
        certificateAuthority: path('ca.pem'),
        certificate: path('server.pem'),
        privateKey: path('server.key'),
        tlsCryptV2ServerKey: path('tls-crypt-v2.key'),
        authTokenSecret: path('auth-token.key'),
        revokedSerials: path('revoked'),
        clientConfigDirectory: path('ccd'),
        managementSocket,
        pid: path(`pid-${this.#started}`),
      },
      runAs: { user: 'nobody', group: 'nogroup' },
      ...spec,
    });
    const events: DoorEvent[] = [];
    const process = new OpenvpnProcess(this.network.server, [
      '--config',
      this.#write(`server-${this.#started}.conf`, config),
    ]);
    const doorkeeper = new Doorkeeper({
      socketPath: managementSocket,
      findAccount: (username) => this.accounts.get(username),
      isAutoLogin: (commonName) => this.autoLogin.has(commonName),
      onEvent: (event) => events.push(event),
      bytecountSeconds: 1,
      ...door,
    });
    if (late !== true) doorkeeper.start();
    const stop = async (): Promise<void> => {
      doorkeeper.close();
      await process.kill();
    };
    const ready = async (): Promise<void> => {
      await process.logged(/Initialization Sequence Completed/);
      await until('the doorkeeper', () => events.some(({ type }) => type === 'up'));
    };
    return { process, doorkeeper, events, ready, [Symbol.asyncDispose]: stop };
  }

  /** `as` logs in with the profile of `profile`. */
  startClient(
    profile: string,
    as: { username?: string; password?: string; code?: string; words?: readonly string[] } = {},
  ): RunningClient {
    this.#started += 1;
    const socket = `${this.#directory}/client-${this.#started}.sock`;
    const config = ['--config', `${this.#directory}/${profile}.ovpn`];
    // Without the cache a client that lost its token has to ask the person again.
    const process = new OpenvpnProcess(this.network.client, [
      ...config,
      ...['--auth-nocache', '--management', socket, 'unix', '--management-query-passwords'],
      ...(as.words ?? []),
    ]);
    const person = new Person(socket, as.username ?? profile, as.password ?? PASSWORD);
    person.code = as.code;
    const stop = async (): Promise<void> => {
      person[Symbol.dispose]();
      await process.kill();
    };
    return { process, person, [Symbol.asyncDispose]: stop };
  }

  /** Readers see the old file or the new one. */
  #write(file: string, text: string, mode = 0o644): string {
    const path = `${this.#directory}/${file}`;
    writeFileSync(`${this.#directory}/new`, text, { mode });
    renameSync(`${this.#directory}/new`, path);
    return path;
  }

  [Symbol.dispose](): void {
    this.network[Symbol.dispose]();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
