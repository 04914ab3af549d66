import { dirname } from 'node:path';
import type { Logger } from 'pino';
import { TandemError } from '../../core/errors.ts';
import type { Greeting } from '../../core/replication/greeting.ts';
import type { Recall } from '../../recall/recall.ts';
import type { NodeConfig } from '../../settings/node.ts';
import { type PairSettings, viewOf } from '../../settings/pair.ts';
import { paths } from '../../settings/paths.ts';
import { readPairSettings } from '../../settings/read.ts';
import type { Store } from '../../store/store.ts';
import type { VpnService } from '../../vpn/service.ts';
import type { HeartbeatClient } from '../heartbeat-client.ts';
import type { ReplicationLink } from '../link.ts';
import { notPaired } from '../pairing-errors.ts';
import type { RoleKeeper } from '../role.ts';
import { ServiceWatch } from '../service-watch.ts';
import { switchOverTo } from '../switchover.ts';
import { until } from '../until.ts';
import type { Writer } from '../writer.ts';
import type { Readiness } from './readiness.ts';
import { SyncWatch } from './sync-watch.ts';
import { Yielding } from './yielding.ts';

const claimTimeoutMs = 15_000;

export interface SuccessionParts {
  readonly config: NodeConfig;
  readonly store: Store;
  readonly vpn: VpnService;
  readonly recall: Recall;
  readonly role: RoleKeeper;
  readonly writer: Writer;
  readonly heartbeat: HeartbeatClient;
  readonly pair: () => PairSettings | undefined;
  readonly link: () => ReplicationLink | undefined;
  readonly log: Logger;
}

/** What decides which of the two nodes is to serve, beside who is heard: service, copy, and who is ready to take over. */
export class Succession {
  readonly #parts: SuccessionParts;
  readonly #service: ServiceWatch;
  readonly #sync: SyncWatch;
  readonly #yielding: Yielding;
  /** The pair that this node was in when it was started; one that was made since began with this node's data. */
  readonly #pairAtStart: string | undefined;
  #wasInSync = true;

  constructor(parts: SuccessionParts) {
    this.#parts = parts;
    const { store, vpn, role, heartbeat, log, pair, link } = parts;
    this.#pairAtStart = readPairSettings(store)?.pairId;
    this.#service = new ServiceWatch({
      openvpn: vpn,
      directory: dirname(paths.store),
      log,
      report: (word) =>
        heartbeat.report({
          ...word,
          successor: link()?.status.protected === true && this.readiness?.ready !== false,
        }),
    });
    this.#sync = new SyncWatch({
      role: () => role.role,
      policy: () => pair()?.takeover ?? 'always',
      isFirst: () => {
        const view = this.#view;
        return view !== undefined && view.own.priority > view.peer.priority;
      },
      head: () => store.head,
      link: () => this.#syncLink(),
      heartbeat,
      markPath: paths.newestCopy,
      log,
      now: () => performance.now(),
    });
    this.#yielding = new Yielding({ ...parts, wasInSync: () => this.#wasInSync });
  }

  start(): void {
    this.#service.start();
    this.#sync.start();
  }

  stop(): void {
    this.#service.stop();
    this.#sync.stop();
  }

  /** The pair is no more. */
  leave(): void {
    this.#service.stop();
    this.#sync.leave();
  }

  /** To be told when this node begins to take the role, while what it was told as standby is known. */
  promotes(): void {
    const sameThroughout = this.#parts.pair()?.pairId === this.#pairAtStart;
    this.#wasInSync = !sameThroughout || this.#sync.wasInSync;
  }

  /** From this node, which is active, to the other one. @throws TandemError `pair.switchover.*` */
  async switchOver(): Promise<{ from: string; to: string; clientsTold: number }> {
    const peer = this.#view?.peer;
    const link = this.#parts.link();
    if (peer === undefined || link === undefined) throw notPaired(this.#parts.config.name);
    await this.#sync.look();
    return switchOverTo(peer, { ...this.#parts, link, readiness: this.readiness });
  }

  /** What the standby says of itself, while this node is active; undefined where nothing is known. */
  get readiness(): Readiness | undefined {
    return this.#sync.readiness;
  }

  /** For the status. */
  get observed(): { readonly readiness: Readiness | undefined; readonly mayLackChanges: boolean } {
    return { readiness: this.readiness, mayLackChanges: this.#mayLackChanges };
  }

  get #mayLackChanges(): boolean {
    if (this.#wasInSync || !this.#serves) return false;
    if (this.#parts.link()?.isProtected === true) this.#wasInSync = true;
    return !this.#wasInSync;
  }

  /** Asked of a standby that presents itself: true where it holds what this node does not know, and is to serve. */
  isNewer(peer: Greeting): boolean {
    return this.#yielding.isDue(peer);
  }

  /** Whether `answer` is to be asked. */
  static knows(ask: string): boolean {
    return ask === SyncWatch.ask;
  }

  answer(body: unknown): Promise<Readiness> {
    return this.#sync.answer(body);
  }

  /** This node takes over with the copy that it has. @throws TandemError `pair.claim.not-taken`, `heartbeat.*` */
  async claim(): Promise<void> {
    const { config, role, heartbeat } = this.#parts;
    if (this.#serves) return;
    await heartbeat.claim();
    await until(() => role.role === 'active', claimTimeoutMs);
    if (!this.#serves) throw notTaken(config.name);
  }

  get #serves(): boolean {
    return this.#parts.role.role === 'active';
  }

  get #view(): ReturnType<typeof viewOf> {
    const pair = this.#parts.pair();
    return pair === undefined ? undefined : viewOf(pair, this.#parts.config.nodeId);
  }

  #syncLink(): ReturnType<ConstructorParameters<typeof SyncWatch>[0]['link']> {
    const link = this.#parts.link();
    const peer = this.#view?.peer;
    if (link === undefined || peer === undefined) return undefined;
    return {
      isProtected: link.isProtected,
      isToServe: link.isToServe,
      ask: (ask, body, timeoutMs) => link.ask(ask, body, timeoutMs),
      callPeer: (timeoutMs) => link.callPeer(peer, timeoutMs),
    };
  }
}

function notTaken(name: string): TandemError {
  return new TandemError({
    code: 'pair.claim.not-taken',
    culprit: 'operator',
    message: `${name} did not take the role within ${claimTimeoutMs / 1_000} s.`,
    hint: 'See why: tandem status',
  });
}
