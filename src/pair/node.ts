import type { Logger } from 'pino';
import { certificateWarnings } from '../accounts/certificate-renewal.ts';
import { UserGroups } from '../accounts/groups.ts';
import { Profiles } from '../accounts/profiles.ts';
import { UserAccounts } from '../accounts/users.ts';
import { VpnSettingsNoun } from '../accounts/vpn-settings.ts';
import type { Write } from '../accounts/write.ts';
import type { ConnectedClient } from '../core/openvpn/connected-client.ts';
import type { Greeting } from '../core/replication/greeting.ts';
import type { Privileged } from '../privileged/privileged.ts';
import type { Recall } from '../recall/recall.ts';
import { JournalKeeper } from '../replication/journal-keeper.ts';
import type { Outcome } from '../replication/verification/records.ts';
import type { Verification } from '../replication/verification/verification.ts';
import { bareAddress } from '../settings/network.ts';
import type { NodeConfig } from '../settings/node.ts';
import { type PairNode, type PairSettings, viewOf } from '../settings/pair.ts';
import { paths } from '../settings/paths.ts';
import { isPrimary } from '../settings/primary.ts';
import { readPairSettings } from '../settings/read.ts';
import type { Store } from '../store/store.ts';
import type { VpnService } from '../vpn/service.ts';
import { CertificateKeeper } from './certificate-keeper.ts';
import { PairChanges } from './change/pair-change.ts';
import { Divergences } from './divergences.ts';
import { type Elsewhere, elsewhereOf } from './elsewhere.ts';
import type { HeartbeatClient, HeartbeatStatus } from './heartbeat-client.ts';
import { ReplicationLink, sameLink, verificationOf } from './link.ts';
import { LinkKeys, signInOnce } from './link-keys.ts';
import { NodeLog } from './log/node-log.ts';
import { setMaintenance } from './maintenance.ts';
import { PairMaking, primaryClaimed } from './pair-making.ts';
import { readPairingFile } from './pairing-file.ts';
import { ReplicationSettingsNoun } from './replication-settings.ts';
import { type Role, RoleKeeper } from './role.ts';
import { followerError, notAStandby, standbyError } from './standby-error.ts';
import { holdsAddress, type Observed } from './status.ts';
import { Succession } from './succession/succession.ts';
import { forgetPair } from './unpairing.ts';
import { Validation } from './validation.ts';
import { WebAccess } from './web-access.ts';
import { Writer } from './writer.ts';

export interface NodeParts {
  readonly config: NodeConfig;
  readonly productVersion: string;
  readonly store: Store;
  readonly vpn: VpnService;
  readonly recall: Recall;
  readonly privileged: Privileged;
  /** Makes the client that reports each state the heartbeat enters. */
  readonly heartbeat: (onState: (state: HeartbeatStatus['state'], cause: string) => void) => HeartbeatClient;
  readonly log: Logger;
  readonly now: () => number;
}

/** One node: its data, its role and what follows from them. What the API offers, it offers by calling this. */
export class Node {
  readonly users: UserAccounts;
  readonly groups: UserGroups;
  readonly vpnSettings: VpnSettingsNoun;
  readonly profiles: Profiles;
  readonly divergences: Divergences;
  readonly web: WebAccess;
  readonly replication: ReplicationSettingsNoun;
  readonly validation: Validation;
  readonly pairing: PairMaking;
  readonly elsewhere: Elsewhere;
  readonly changes: PairChanges;
  readonly linkKeys: LinkKeys;
  readonly log: NodeLog;
  readonly #parts: NodeParts;
  readonly #role: RoleKeeper;
  readonly #writer: Writer;
  readonly #heartbeat: HeartbeatClient;
  readonly succession: Succession;
  readonly #verification: Verification;
  readonly #journalKeeper: JournalKeeper;
  readonly certificates: CertificateKeeper;
  #pair: PairSettings | undefined;
  #link: ReplicationLink | undefined;
  #following: Promise<void> = Promise.resolve();

  constructor(parts: NodeParts) {
    this.#parts = parts;
    const { store, config, log, now } = parts;
    this.#verification = verificationOf(store, config, log, now);
    this.#role = new RoleKeeper({
      store,
      nodeName: config.name,
      log,
      duties: {
        closeReceiver: async () => {
          this.succession.promotes();
          await this.#link?.closeReceiver();
        },
        openReceiver: async () => this.#link?.openReceiver(),
        startSender: () => this.#startSender(),
        stopSender: () => this.#link?.stopSender(),
        follow: (role) => this.#followRole(role),
        crowdBack: (boundMs) => parts.recall.crowdBack(boundMs),
      },
    });
    this.#writer = new Writer({
      store,
      mayWrite: () => this.#refuseUnlessActive(),
      acknowledged: async (position, timeoutMs) =>
        (await this.#link?.acknowledged(position, timeoutMs)) ?? false,
      protection: {
        required: () => this.#pair !== undefined && this.replication.get().protection === 'require',
        holds: () => this.#link?.isProtected ?? false,
      },
    });
    this.#heartbeat = parts.heartbeat((state, cause) => {
      // Before anything else: it waits for no disk, and the heartbeat has announced the address already.
      parts.recall.serve(state === 'active', cause);
      void this.#role.become(state === 'active' ? 'active' : 'standby', cause);
    });
    const write: Write = (actor, change) => this.#writer.write(actor, change);
    this.replication = new ReplicationSettingsNoun({
      store,
      write: (actor, change) => this.#writer.write(actor, change, true),
      isProtected: () => this.#link?.isProtected ?? false,
    });
    this.certificates = new CertificateKeeper({ store, write, now, log, mayWrite: () => this.serves });
    this.#journalKeeper = new JournalKeeper({
      store,
      settings: () => this.replication.get(),
      everywhere: () => this.#everywhere,
      now,
      log,
    });
    this.users = new UserAccounts({ store, write, now });
    this.groups = new UserGroups({ store, write, now });
    this.vpnSettings = new VpnSettingsNoun({ store, write });
    this.divergences = new Divergences({ store, directory: paths.quarantine, write, now });
    this.profiles = new Profiles({ store, write, nodeAddress: config.address, now });
    const role = (): Role => this.#role.role;
    this.pairing = new PairMaking({
      ...parts,
      write,
      refuseUnlessActive: () => this.#refuseUnlessActive(),
      peer: () => this.#peer,
      openLink: (pairId) => this.#openLink(pairId),
      closeLink: () => this.#closeLink(),
      followed: () => this.#following,
      serves: async () => this.serves && holdsAddress(await this.observe()),
      isProtected: () => this.#role.role === 'active' && this.#link?.status.protected === true,
      peerAnswers: () => this.#link?.status.connected === true,
      role: this.#role,
    });
    const serving = { role: this.#role, writer: this.#writer, heartbeat: this.#heartbeat };
    const around = { pair: () => this.#pair, link: () => this.#link };
    this.succession = new Succession({ ...parts, ...serving, ...around });
    const ofPair = { refuseUnlessActive: () => this.#refuseUnlessActive(), link: () => this.#link };
    this.log = new NodeLog({ ...parts, ...ofPair, name: config.name, peer: () => this.#peer });
    this.linkKeys = new LinkKeys({
      ...{ ...ofPair, nodeName: config.name, peer: () => this.#peer },
      ...{ home: paths.stateDirectory, signIn: signInOnce },
    });
    this.changes = new PairChanges({
      ...parts,
      ...ofPair,
      write,
      heartbeat: this.#heartbeat,
      files: paths,
      serves: () => this.serves,
      followed: () => this.#following,
      clients: () => parts.vpn.connected().length,
    });
    this.validation = new Validation({ store, config, privileged: parts.privileged, now });
    const { users, profiles } = this;
    this.web = new WebAccess({ ...parts, ...ofPair, write, role, users, profiles });
    this.elsewhere = elsewhereOf({
      ...{ ...parts, write, verification: this.#verification, writer: this.#writer },
      refuseUnlessActive: () => this.#refuseUnlessActive(),
      refuseOnFollower: () => config.start === 'follower' && this.#refuseUnlessActive(),
      isStandby: () => this.#pair !== undefined && this.#role.role === 'standby',
      stopSending: () => this.#link?.stopSender(),
      startSending: () => this.#startSender(),
    });
  }

  get productVersion(): string {
    return this.#parts.productVersion;
  }

  /** To read: who changes something goes through the nouns above. */
  get store(): Store {
    return this.#parts.store;
  }

  /**
   * On the standby: replaces its copy by a whole new one from the active node; answers whether that begins at once.
   * @throws TandemError `replica.reseed.active`
   */
  reseed(): boolean {
    if (this.#parts.config.start === 'follower') return this.elsewhere.following.reseed();
    if (this.#role.role === 'active' || this.#link === undefined) throw notAStandby(this.#parts.config.name);
    return this.#link.reseed();
  }

  /** Compares both copies now, or looks at the own one where the other does not follow. */
  async verify(): Promise<Outcome> {
    return (await this.#link?.verify()) ?? this.#verification.lookAlone();
  }

  /** Takes up the role that is due: alone, the primary node serves; in a pair the heartbeat decides. */
  async start(): Promise<void> {
    const { store, config, vpn } = this.#parts;
    store.onChange(({ cause, tables }) => {
      if (cause === 'replace' || tables.includes('setting')) void this.#followPair();
    });
    this.#journalKeeper.start();
    if (config.start === 'follower') return this.elsewhere.following.start();
    this.elsewhere.followers.start();
    this.elsewhere.generations.start();
    vpn.start();
    this.certificates.start();
    await this.#followPair('booted');
    if (this.#pair !== undefined) return;
    const pairing = readPairingFile(paths.pairing);
    if (pairing !== undefined) await this.#openLink(pairing.pairId);
    else if (isPrimary(this.#parts)) await this.#role.become('active', 'not paired');
  }

  async stop(): Promise<void> {
    this.#journalKeeper.stop();
    this.certificates.stop();
    this.succession.stop();
    this.changes.form.stop();
    this.#heartbeat.stop();
    this.#parts.recall.stop();
    this.#role.stop();
    this.elsewhere.generations.stop();
    await this.elsewhere.followers.serve(false);
    await this.elsewhere.following.stop();
    await this.#link?.close();
    await this.#verification.stop();
    await this.#parts.vpn.stop();
    this.#parts.store.close();
  }

  /** @throws TandemError `pair.switchover.*`, `pair.standby` */
  async switchOver(): Promise<{ from: string; to: string; clientsTold: number }> {
    this.#refuseUnlessActive();
    return this.succession.switchOver();
  }

  /** Whether clients are served here now. */
  get serves(): boolean {
    return this.#role.role === 'active';
  }

  /** Who is connected: here, or on a standby what the other node told a moment ago. */
  sessions(): ConnectedClient[] {
    return this.serves ? this.#parts.vpn.connected() : this.#parts.recall.elsewhere();
  }

  /** Ends sessions at once; the client is told why. @throws TandemError `pair.standby` */
  async disconnect(which: (client: ConnectedClient) => boolean, reason: string): Promise<number> {
    this.#refuseUnlessActive();
    return this.#parts.vpn.disconnect(which, reason);
  }

  /** @throws TandemError `pair.switchover.*`, `pair.maintenance.refused`, `heartbeat.unreachable` */
  setMaintenance(on: boolean): Promise<{ handedOver: boolean }> {
    return setMaintenance(this, { on, name: this.#parts.config.name, heartbeat: this.#heartbeat });
  }

  async observe(): Promise<Observed> {
    const { config, store, vpn } = this.#parts;
    const heartbeat =
      this.#pair === undefined ? undefined : await this.#heartbeat.status().catch(() => undefined);
    return {
      at: new Date(this.#parts.now()),
      node: config,
      role: this.#role.role,
      since: this.#role.since,
      position: store.position,
      trouble: this.#role.trouble,
      apart: this.changes.form.trouble,
      peer: this.#peer,
      copy: this.#link?.status,
      ...this.succession.observed,
      virtualAddress: this.#pair === undefined ? undefined : bareAddress(this.#pair.virtualAddress),
      heartbeat,
      openvpn: config.start === 'follower' ? [] : vpn.observed(),
      ...this.#verification.report,
      protection: this.replication.get().protection,
      endingCertificates: certificateWarnings(store, this.#parts.now()),
      followers: this.elsewhere.followers.list(),
      following: this.elsewhere.following.status,
      undecided: await this.divergences.undecided().catch((error: unknown) => {
        this.#parts.log.error({ err: error }, 'the quarantine cannot be read');
        return 0;
      }),
      seeded: store.identity.get('server-private-key') !== undefined,
    };
  }

  /** Up to here every node that is to have the entries has them; a standby's all came from the active one. */
  get #everywhere(): number {
    const alone = this.#pair === undefined || this.#role.role === 'standby';
    return alone ? this.#parts.store.position.sequence : (this.#link?.everywhere ?? 0);
  }

  get #peer(): PairNode | undefined {
    return this.#pair === undefined ? undefined : viewOf(this.#pair, this.#parts.config.nodeId)?.peer;
  }

  #refuseUnlessActive(): void {
    if (this.#role.role === 'active') return;
    const { config } = this.#parts;
    if (config.start === 'follower') throw followerError(config.name, this.elsewhere.following.status);
    throw standbyError(config.name, this.#peer);
  }

  #startSender(): void {
    if (this.#peer !== undefined) this.#link?.startSender(this.#peer);
  }

  #followRole(role: Role, serves = role === 'active'): void {
    if (role === 'active') void this.certificates.look();
    this.web.followRole(role);
    const { privileged, vpn, log } = this.#parts;
    const tell = (what: string) => (error: unknown) => log.error({ err: error }, what);
    void this.elsewhere.followers.serve(serves).catch(tell('followers cannot connect'));
    void privileged.followConnections(serves).catch(tell('connection tracking could not follow the role'));
    if (!serves) void vpn.forgetClients().catch(tell('OpenVPN could not be restarted in the lost role'));
  }

  /** The setting is gone: nothing of the pair stays, and the primary node serves alone. */
  async #leavePair(): Promise<void> {
    // The other node hears of it by this very link.
    await this.#link?.acknowledged(this.#parts.store.position, 2_000);
    this.#pair = undefined;
    this.succession.leave();
    this.#heartbeat.rest();
    await this.changes.form.leave();
    await this.#parts.privileged.stopHeartbeat();
    await this.#closeLink();
    await forgetPair();
    if (isPrimary(this.#parts)) await this.#role.become('active', 'not paired');
  }

  async #closeLink(): Promise<void> {
    await this.#link?.close();
    this.#link = undefined;
  }

  async #openLink(pairId: string): Promise<void> {
    await this.#closeLink();
    const own = {
      node: this.#parts.config,
      role: () => this.#role.role,
      onStale: (peerEpoch: number) => this.#role.surpass(peerEpoch),
      verification: this.#verification,
      isNewer: (peer: Greeting) => this.succession.isNewer(peer),
      onProtected: () => this.changes.agree(),
      onQuestion: (ask: string, body: unknown) =>
        Succession.knows(ask)
          ? this.succession.answer(body)
          : (LinkKeys.knows(ask) ? this.linkKeys : NodeLog.knows(ask) ? this.log : this.changes).answer(
              ask,
              body,
            ),
    };
    this.#link = new ReplicationLink({ ...this.#parts, ...own }, pairId);
    if (this.#role.role === 'standby') await this.#link.openReceiver();
  }

  /** Brings link and heartbeat in step with the setting `pair`, when it appears and whenever it changes; in order. */
  #followPair(occasion: 'booted' | 'changed' = 'changed'): Promise<void> {
    this.#following = this.#following.catch(() => undefined).then(() => this.#followPairNow(occasion));
    return this.#following;
  }

  async #followPairNow(occasion: 'booted' | 'changed'): Promise<void> {
    const before = this.#pair;
    const pair = readPairSettings(this.#parts.store);
    const view = pair === undefined ? undefined : viewOf(pair, this.#parts.config.nodeId);
    if (pair === undefined && before !== undefined) await this.#leavePair();
    if (pair === undefined || view === undefined) return;
    this.#pair = pair;
    try {
      if (this.#link === undefined || (before !== undefined && !sameLink(before, pair))) {
        await this.#openLink(pair.pairId);
        if (this.#role.role === 'active') this.#startSender();
      }
      if (before === undefined && occasion === 'changed' && !isPrimary(this.#parts))
        await primaryClaimed(this.#role);
      await this.changes.form.follow();
      this.succession.start();
    } catch (error) {
      this.#parts.log.error({ err: error }, 'the pair could not be followed');
    }
  }
}
