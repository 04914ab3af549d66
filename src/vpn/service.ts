import type { Logger } from 'pino';
import type { LoginFact } from '../access/auth/login-memory.ts';
import { requireIdentity } from '../accounts/identity.ts';
import { type ConnectedClient, clientOfSession } from '../core/openvpn/connected-client.ts';
import type { OpenvpnRequest } from '../privileged/channel.ts';
import type { Privileged } from '../privileged/privileged.ts';
import { bareAddress } from '../settings/network.ts';
import type { NodeConfig } from '../settings/node.ts';
import { type PairSettings, viewOf } from '../settings/pair.ts';
import { managementSocket, paths } from '../settings/paths.ts';
import { readPairSettings, readVpnSettings } from '../settings/read.ts';
import type { Change } from '../store/changes.ts';
import type { Store } from '../store/store.ts';
import { ClientFiles } from './client-files.ts';
import { VpnClients } from './clients.ts';

/** The name of the OpenVPN process that it runs. */
export const openvpnInstance = 'udp';
const device = 'tandem0';
const revocationListRenewalMs = 86_400_000;
const retryMs = 5_000;
const longestSleepMs = 3_600_000;

/** The VPN of one node: OpenVPN, its files and the firewall follow the store; the same on both nodes, whoever is active. */
export class VpnService {
  readonly clients: VpnClients;
  readonly #store: Store;
  readonly #node: NodeConfig;
  readonly #privileged: Privileged;
  readonly #log: Logger;
  readonly #files: ClientFiles;
  readonly #altered = new Set<string>();
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
  }) {
    this.#store = parts.store;
    this.#node = parts.node;
    this.#privileged = parts.privileged;
    this.#log = parts.log;
    this.#files = new ClientFiles({
      store: parts.store,
      directory: paths.clientConfigDirectory,
      revocationList: paths.revocationList,
      now: parts.now,
    });
    this.clients = new VpnClients({
      store: parts.store,
      managementSocket: managementSocket(openvpnInstance),
      log: parts.log,
      now: parts.now,
      rememberLogin: parts.rememberLogin,
      beforeEntry: (commonName) => this.#files.openForEntry(commonName),
    });
  }

  /** Starts once the store has an identity to serve with, and follows it from then on. */
  start(): void {
    this.#store.onChange((change) => this.#changed(change));
    this.#renewal = setInterval(() => this.#renewRevocationList(), revocationListRenewalMs);
    this.clients.start();
    this.#follow(true);
  }

  async stop(): Promise<void> {
    clearInterval(this.#renewal);
    clearTimeout(this.#retry);
    clearTimeout(this.#turn);
    this.#files.stop();
    this.clients.stop();
    await this.#following;
  }

  /** Whether this node has what it takes to serve clients. */
  get isSeeded(): boolean {
    return this.#store.identity.get('server-private-key') !== undefined;
  }

  /** Ends an OpenVPN that hangs; the supervisor starts it anew. */
  async restart(): Promise<void> {
    await this.#privileged.restartOpenvpn(openvpnInstance);
  }

  /** After the active role was lost: whoever is still known here is with the other node now. */
  async forgetClients(): Promise<void> {
    if (this.clients.sessions.length > 0) await this.#privileged.restartOpenvpn(openvpnInstance);
  }

  /** Who is in at this node. */
  connected(): ConnectedClient[] {
    return this.clients.sessions.map((session) => clientOfSession(openvpnInstance, session));
  }

  /** Ends the sessions of those clients and tells them why; answers how many there were. */
  disconnect(which: (client: ConnectedClient) => boolean, reason: string): Promise<number> {
    return this.clients.disconnect((session) => which(clientOfSession(openvpnInstance, session)), reason);
  }

  /** What clients connect to. */
  get endpoint(): { readonly protocol: 'udp'; readonly port: number } {
    return { protocol: 'udp', port: readVpnSettings(this.#store).udp.port };
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
        if (processToo) await this.#runProcess();
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

  async #runProcess(): Promise<void> {
    const pair = readPairSettings(this.#store);
    const vpn = readVpnSettings(this.#store);
    const address = pair === undefined ? this.#node.address : bareAddress(pair.virtualAddress);
    await this.#privileged.applyFirewall({
      vpnNetwork: vpn.network,
      sourceAddress: address,
      vpnDevice: device,
      lanInterface: this.#node.interface,
      ownTcpPorts: vpn.tcp.enabled ? [vpn.tcp.port] : [],
      peerAddress: this.#peerOf(pair),
      watch: { port: vpn.udp.port, ping: vpn.keepalive.ping },
    });
    await this.#trackConnections(pair, vpn.network);
    await this.#privileged.runOpenvpn({
      name: openvpnInstance,
      address,
      port: vpn.udp.port,
      device,
      network: vpn.network,
      routes: vpn.routes,
      dns: vpn.dns,
      keepalive: vpn.keepalive,
      token: vpn.token,
      identity: this.#identity(),
    });
  }

  #peerOf(pair: PairSettings | undefined): string | undefined {
    return pair === undefined ? undefined : viewOf(pair, this.#node.nodeId)?.peer.address;
  }

  /** Without it clients are served all the same, but their connections do not survive a move. */
  async #trackConnections(pair: PairSettings | undefined, vpnNetwork: string): Promise<void> {
    const view = pair === undefined ? undefined : viewOf(pair, this.#node.nodeId);
    if (view === undefined) return;
    const { interface: link, address } = view.own;
    await this.#privileged
      .runConnectionTracking({ interface: link, address, peerAddress: view.peer.address, vpnNetwork })
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
