import type { Logger } from 'pino';
import { type LoginFact, LoginMemory } from '../access/auth/login-memory.ts';
import { requireIdentity } from '../accounts/identity.ts';
import { lockoutRules } from '../core/accounts/lockout.ts';
import { isLoginName } from '../core/openvpn/common-name.ts';
import { type ConnectedClient, clientOfSession } from '../core/openvpn/connected-client.ts';
import { accessPolicies } from '../core/vpn/access-policy.ts';
import { clientRoutes } from '../core/vpn/client-routes.ts';
import { isWatched, type ServerProcess, serverProcesses } from '../core/vpn/processes.ts';
import type { VpnSettings } from '../core/vpn/settings.ts';
import type { FirewallRequest, OpenvpnRequest } from '../privileged/channel.ts';
import type { Privileged } from '../privileged/privileged.ts';
import { bareAddress } from '../settings/network.ts';
import { defaultWebPlace, type NodeConfig } from '../settings/node.ts';
import { type PairSettings, viewOf } from '../settings/pair.ts';
import { readPairSettings, readServedSettings, readVpnSettings } from '../settings/read.ts';
import type { Change } from '../store/changes.ts';
import type { Store } from '../store/store.ts';
import { address6Of, clientsOfUsers } from './client-addresses.ts';
import { ClientFiles } from './client-files.ts';
import { ServerProcesses } from './server-processes.ts';

const revocationListRenewalMs = 86_400_000;
const retryMs = 5_000;
const longestSleepMs = 3_600_000;

/** A server process that is to run, as it is now. */
interface ObservedProcess extends Pick<ServerProcess, 'name' | 'protocol' | 'port'> {
  readonly clients: number;
  /** Undefined while it does not answer. */
  readonly pid: number | undefined;
  readonly version: string | undefined;
}

/** The VPN of one node: OpenVPN, its files and the firewall follow the store; the same on both nodes, whoever is active. */
export class VpnService {
  readonly clients: ServerProcesses;
  readonly #store: Store;
  readonly #node: NodeConfig;
  readonly #privileged: Privileged;
  readonly #log: Logger;
  readonly #files: ClientFiles;
  readonly #altered = new Set<string>();
  #firewall = '';
  #mainDevice = '';
  #routes = '[]';
  #routing: NodeJS.Immediate | undefined;
  #renewal: NodeJS.Timeout | undefined;
  #retry: NodeJS.Timeout | undefined;
  #turn: NodeJS.Timeout | undefined;
  #following: Promise<void> = Promise.resolve();

  constructor(parts: {
    store: Store;
    node: NodeConfig;
    privileged: Privileged;
    log: Logger;
    now: () => number;
    rememberLogin: (fact: LoginFact) => Promise<void>;
    /** Sees to it that a user who logs in with the generic profile has a VPN address. */
    ensureAddress: (user: string) => Promise<void>;
    /** Absolute paths of what OpenVPN reads of each client and of revoked ones, and of the signed list of these. */
    files: { readonly directory: string; readonly revokedSerials: string; readonly revocationList: string };
  }) {
    this.#store = parts.store;
    this.#node = parts.node;
    this.#privileged = parts.privileged;
    this.#log = parts.log;
    this.#files = new ClientFiles({
      ...parts.files,
      store: parts.store,
      now: parts.now,
    });
    const memory = new LoginMemory({
      now: parts.now,
      remember: (fact) => this.#remember(fact, parts.rememberLogin),
      rules: () => lockoutRules(readVpnSettings(parts.store).lockout),
    });
    this.clients = new ServerProcesses({
      store: parts.store,
      log: parts.log,
      now: parts.now,
      memory,
      beforeEntry: async (commonName) => {
        if (isLoginName(commonName)) await parts.ensureAddress(commonName);
        this.#files.openForEntry(commonName);
      },
      onHung: (name) => this.#replaceHung(name),
      onSessions: () => this.#routeSoon(),
    });
  }

  /** Starts once the store has an identity to serve with, and follows it from then on. */
  start(): void {
    this.#store.onChange((change) => this.#changed(change));
    this.#renewal = setInterval(() => this.#renewRevocationList(), revocationListRenewalMs);
    this.clients.follow(this.processes);
    this.#follow(true);
  }

  async stop(): Promise<void> {
    clearInterval(this.#renewal);
    clearTimeout(this.#retry);
    clearTimeout(this.#turn);
    clearImmediate(this.#routing);
    this.#files.stop();
    this.clients.stop();
    await this.#following;
  }

  /** Whether this node has what it takes to serve clients. */
  get isSeeded(): boolean {
    return this.#store.identity.get('server-private-key') !== undefined;
  }

  /** Ends every OpenVPN that does not answer; the supervisor starts it anew. */
  async restart(): Promise<void> {
    const silent = this.clients.silent;
    await Promise.all(silent.map((name) => this.#privileged.restartOpenvpn(name, true)));
  }

  /** After the active role was lost: whoever is still known here is with the other node now. */
  async forgetClients(): Promise<void> {
    const busy = this.processes.filter(({ name }) => this.clients.clientsOf(name) > 0);
    await Promise.all(busy.map(({ name }) => this.#privileged.restartOpenvpn(name, false)));
  }

  /** Who is in at this node. */
  connected(): ConnectedClient[] {
    return this.clients.sessions.map((session) => clientOfSession(session.process, session));
  }

  /** Ends the sessions of those clients and tells them why; answers how many there were. */
  disconnect(which: (client: ConnectedClient) => boolean, reason: string): Promise<number> {
    return this.clients.disconnect((session) => which(clientOfSession(session.process, session)), reason);
  }

  /** The main one first. */
  observed(): ObservedProcess[] {
    return this.processes.map(({ name, protocol, port }) => ({
      ...{ name, protocol, port },
      clients: this.clients.clientsOf(name),
      pid: this.clients.pidOf(name),
      version: this.clients.versionOf(name),
    }));
  }

  /** The server processes that are to run, the main one first. */
  get processes(): readonly ServerProcess[] {
    return serverProcesses(readServedSettings(this.#store));
  }

  #changed({ cause, tables }: Change): void {
    const accounts = ['user', 'user_group', 'certificate', 'client_address'].some((table) =>
      tables.includes(table),
    );
    const settings = ['setting', 'identity'].some((table) => tables.includes(table));
    if (cause === 'replace' || accounts || settings) this.#follow(cause === 'replace' || settings);
  }

  /** One pass at a time, in order. The files of clients are written before this returns. */
  #follow(processToo: boolean): void {
    if (this.#store.identity.get('server-private-key') === undefined) return;
    try {
      const { altered, nextTurn } = this.#files.refreshClients();
      for (const commonName of altered) this.#altered.add(commonName);
      this.#wakeAt(nextTurn);
    } catch (error) {
      this.#log.error({ err: error }, 'the files of the VPN clients could not be written');
    }
    this.#following = this.#following.then(async () => {
      try {
        await this.#files.refreshRevocationList();
        if (processToo) await this.#runProcesses();
        else await this.#applyFirewall();
        await this.clients.endForbidden();
        await this.#handOutAltered();
      } catch (error) {
        this.#log.error({ err: error, retryMs }, 'the VPN could not follow a change; trying again');
        clearTimeout(this.#retry);
        this.#retry = setTimeout(() => this.#follow(true), retryMs);
      }
    });
  }

  /** Whoever is in got the old address or routes: the new ones come with the next connection. */
  async #handOutAltered(): Promise<void> {
    const altered = new Set(this.#altered);
    this.#altered.clear();
    await this.clients.tellToReconnect((session) => altered.has(session.commonName));
  }

  /** An account that expires changes nothing in the store: somebody has to look. */
  #wakeAt(delayMs: number | undefined): void {
    clearTimeout(this.#turn);
    if (delayMs === undefined) return;
    this.#turn = setTimeout(() => this.#follow(false), Math.min(delayMs, longestSleepMs));
  }

  async #runProcesses(): Promise<void> {
    const { processes } = this;
    const pair = readPairSettings(this.#store);
    this.#mainDevice = processes[0]?.device ?? '';
    await this.#applyFirewall();
    await this.#trackConnections(pair, readVpnSettings(this.#store));
    const gone = this.clients.follow(processes);
    for (const name of gone) await this.#privileged.stopOpenvpn(name);
    const identity = this.#identity();
    const pages = `${this.#address(pair)}:${(this.#node.web ?? defaultWebPlace).port}`;
    for (const { address6, shareWith, ...process } of processes) {
      await this.#privileged.runOpenvpn({
        ...process,
        address: address6 === '' ? this.#address(pair) : address6,
        shareWith: shareWith === 'pages' ? pages : shareWith,
        identity,
      });
    }
  }

  /** What clients may reach: nothing is told to the supervisor while it stays the same. */
  async #applyFirewall(): Promise<void> {
    const { processes } = this;
    const pair = readPairSettings(this.#store);
    const vpn = readVpnSettings(this.#store);
    const request: FirewallRequest = {
      vpnNetwork: vpn.network,
      vpnNetwork6: vpn.network6,
      sourceAddress: this.#address(pair),
      sourceAddress6: pair?.address6 === undefined ? undefined : bareAddress(pair.address6),
      vpnDevices: processes.map((process) => process.device),
      lanInterface: this.#node.interface,
      access: vpn.access,
      routes: vpn.routes,
      clientToClient: vpn.clientToClient,
      policies: accessPolicies(clientsOfUsers(this.#store, vpn), vpn),
      // The pages, too: a browser that asked the node before is to notice at once and ask the other.
      ownTcpPorts: [
        (this.#node.web ?? defaultWebPlace).port,
        ...processes.filter(({ protocol }) => protocol === 'tcp').map(({ port }) => port),
      ],
      peerAddress: this.#peerOf(pair),
      watch: { ports: processes.filter(isWatched).map(({ port }) => port), ping: vpn.keepalive.ping },
    };
    const asText = JSON.stringify(request);
    if (asText === this.#firewall) return;
    this.#firewall = '';
    await this.#privileged.applyFirewall(request);
    this.#firewall = asText;
  }

  #address(pair: PairSettings | undefined): string {
    return pair === undefined ? this.#node.address : bareAddress(pair.virtualAddress);
  }

  #replaceHung(name: string): void {
    this.#log.error({ openvpn: name }, 'an OpenVPN process hangs: it is killed and started anew');
    this.#privileged.restartOpenvpn(name, true).catch((error: unknown) => {
      this.#log.error({ err: error, openvpn: name }, 'an OpenVPN process that hangs could not be ended');
    });
  }

  /** Of several changes at once one request is made. */
  #routeSoon(): void {
    this.#routing ??= setImmediate(() => {
      this.#routing = undefined;
      void this.#route();
    });
  }

  async #route(): Promise<void> {
    const { processes } = this;
    if (processes.length < 2 && this.#routes === '[]') return;
    const vpn = readVpnSettings(this.#store);
    const devices = new Map(processes.map(({ name, device }) => [name, device]));
    const clients = [...this.clients.lastSessions.values()].map(({ process, vpnAddress, sinceSeconds }) => ({
      ...{ vpnAddress, sinceSeconds },
      vpnAddress6: address6Of(vpn, vpnAddress),
      device: devices.get(process) ?? '',
    }));
    const routes = clientRoutes(clients, this.#mainDevice);
    const asText = JSON.stringify(routes);
    if (asText === this.#routes) return;
    this.#routes = asText;
    try {
      await this.#privileged.applyClientRoutes(routes);
    } catch (error) {
      this.#routes = '';
      this.#log.error({ err: error }, 'the routes to clients could not be set');
    }
  }

  async #remember(fact: LoginFact, keep: (fact: LoginFact) => Promise<void>): Promise<boolean> {
    if (fact.type === 'locked-out') this.#log.warn({ username: fact.username }, 'user locked out');
    try {
      await keep(fact);
      return true;
    } catch (error) {
      this.#log.warn({ err: error, type: fact.type }, 'what a login left behind is known to this node only');
      return false;
    }
  }

  #peerOf(pair: PairSettings | undefined): string | undefined {
    return pair === undefined ? undefined : viewOf(pair, this.#node.nodeId)?.peer.address;
  }

  /** Without it clients are served all the same, but their connections do not survive a move. */
  async #trackConnections(
    pair: PairSettings | undefined,
    { network: vpnNetwork, network6: vpnNetwork6 }: VpnSettings,
  ): Promise<void> {
    const view = pair === undefined ? undefined : viewOf(pair, this.#node.nodeId);
    if (view === undefined) return;
    const { interface: link, address } = view.own;
    await this.#privileged
      .runConnectionTracking({
        ...{ interface: link, address, peerAddress: view.peer.address },
        ...{ vpnNetwork, vpnNetwork6 },
      })
      .catch((error: unknown) => {
        this.#log.error({ err: error }, 'the connections of clients are not told to the other node');
      });
  }

  #identity(): OpenvpnRequest['identity'] {
    return {
      certificateAuthority: requireIdentity(this.#store, 'ca-certificate'),
      certificate: requireIdentity(this.#store, 'server-certificate'),
      privateKey: requireIdentity(this.#store, 'server-private-key'),
      tlsCryptV2ServerKey: requireIdentity(this.#store, 'tls-crypt-v2-server-key'),
      authTokenSecret: requireIdentity(this.#store, 'auth-token-secret'),
    };
  }

  #renewRevocationList(): void {
    this.#following = this.#following.then(() =>
      this.#files.refreshRevocationList(true).catch((error: unknown) => {
        this.#log.error({ err: error }, 'the revocation list could not be renewed');
      }),
    );
  }
}
