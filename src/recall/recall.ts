import type { Logger } from 'pino';
import { type ConnectedClient, clientOfFact } from '../core/openvpn/connected-client.ts';
import {
  beginCampaign,
  type Campaign,
  type CampaignEffect,
  type CampaignInput,
  type CampaignStep,
  deadline,
  isOver,
  type Presence,
  step,
} from '../core/recall/campaign.ts';
import { comesBackWhenRecalled } from '../core/recall/policy.ts';
import {
  applyNotice,
  endpointName,
  type FactTable,
  factsOf,
  firstProcess,
  NO_FACTS,
  type ServedClient,
  type SessionFact,
  type SessionNotice,
} from '../core/recall/session-fact.ts';
import { toMilliseconds } from '../core/time/duration.ts';
import { between, type Instant, instant } from '../core/time/instant.ts';
import type { Privileged } from '../privileged/privileged.ts';
import type { ServerProcesses } from '../vpn/server-processes.ts';
import type { RecallKeys } from './keys.ts';
import { SessionFeed } from './session-feed.ts';
import { Tickle } from './tickle.ts';

export interface RecallParts {
  readonly clients: Pick<ServerProcesses, 'onNews'> & {
    readonly lastSessions: ReadonlyMap<unknown, ServedClient>;
    instances(awaited: ReadonlySet<string>): Promise<Presence[]>;
  };
  readonly privileged: Pick<Privileged, 'sendRecall' | 'sendTickle' | 'nudge'>;
  readonly keys: Pick<RecallKeys, 'packetFor'>;
  /** False: a client that is called goes on with a peer-id that is none here, and hears but is not heard. */
  readonly mayCall: () => boolean;
  readonly log: Logger;
  /** Wall clock, milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * Brings clients back as soon as this node serves them: after a takeover those of the other node, after a restart of
 * OpenVPN its own. Whom and when is decided in `core/recall/campaign.ts`; this knows who is where and carries it out.
 */
export class Recall {
  readonly #parts: RecallParts;
  readonly #tickle: Tickle;
  /** The clients to bring back if this node began to serve now. */
  #known: FactTable = NO_FACTS;
  #serving = false;
  #campaign: Campaign | undefined;
  /** Changes with each campaign, so that an answer to an earlier one is not taken for one to this. */
  #run = 0;
  #cause = '';
  #lost: readonly SessionFact[] = [];
  #onOver: (() => void)[] = [];
  #timer: NodeJS.Timeout | undefined;
  #feed: SessionFeed | undefined;
  #own: { readonly sessions: ReadonlyMap<unknown, ServedClient>; readonly facts: FactTable } | undefined;

  constructor(parts: RecallParts) {
    this.#parts = parts;
    this.#tickle = new Tickle(parts.privileged);
    parts.clients.onNews((news) => {
      if (news.type === 'established') {
        this.#feed?.pump();
        this.#tickle.came(news.client.commonName);
        if (this.#serving) this.#nudge(news.process, news.client);
        this.#input({ type: 'present', instance: news.client });
      } else if (this.#serving) this.#begin(this.#lostWith(news.process), 'OpenVPN does not answer any more');
    });
  }

  /** What the other node tells of its clients; it counts while this node does not serve. */
  heard(notice: SessionNotice): void {
    if (!this.#serving) this.#known = applyNotice(this.#known, notice);
  }

  /** The clients of the other node, as far as it told. */
  elsewhere(): ConnectedClient[] {
    return [...this.#known.values()].map((fact) => clientOfFact(fact));
  }

  /** Called when the address has come (and was announced) or has gone. */
  serve(serving: boolean, cause: string): void {
    if (serving === this.#serving) return;
    this.#serving = serving;
    if (serving) {
      this.#begin(this.#known.values(), cause);
      this.#known = NO_FACTS;
    } else {
      this.#end();
      this.#known = this.#ownFacts();
    }
  }

  /** Whether this node serves the clients. */
  get serving(): boolean {
    return this.#serving;
  }

  /** Whether a campaign is about that client: nobody else is to call it. */
  isCalling(endpoint: { readonly address: string; readonly port: number }): boolean {
    const name = endpointName(endpoint);
    return this.#campaign?.pending.some(({ client }) => endpointName(client) === name) ?? false;
  }

  /** Whose sessions were lost with the last move; some have not come back, perhaps. */
  get lost(): readonly SessionFact[] {
    return this.#lost;
  }

  /** Resolves when nobody is waited for any more, or after so long: what can be late does not compete with returning clients. */
  crowdBack(boundMs: number): Promise<void> {
    return this.#campaign === undefined
      ? Promise.resolve()
      : new Promise((resolve) => {
          const timer = setTimeout(resolve, boundMs);
          this.#onOver.push(() => {
            clearTimeout(timer);
            resolve();
          });
        });
  }

  /** Whether the other node will bring this client back when it takes over. */
  isCovered(session: ServedClient): boolean {
    const [fact] = factsOf([session]).values();
    return (
      fact !== undefined &&
      this.#parts.mayCall() &&
      comesBackWhenRecalled(fact.version) &&
      isCallable(fact) &&
      (this.#feed?.hasTold(fact) ?? false)
    );
  }

  /** Tells another node about the clients here, until the next feed or `stop`. */
  feedTo(tell: (notice: SessionNotice) => boolean, mostPerNotice: number): SessionFeed {
    this.#feed?.stop();
    this.#feed = new SessionFeed(() => this.#ownFacts(), tell, mostPerNotice);
    return this.#feed;
  }

  stop(): void {
    this.#serving = false;
    this.#end();
    this.#feed?.stop();
  }

  #ownFacts(): FactTable {
    const sessions = this.#parts.clients.lastSessions;
    if (this.#own?.sessions !== sessions) this.#own = { sessions, facts: factsOf(sessions.values()) };
    return this.#own.facts;
  }

  /** Whoever was with that process, and whoever is on the way back. */
  #lostWith(process: string): SessionFact[] {
    const pending = this.#campaign?.pending.map((one) => one.client) ?? [];
    return [
      ...new Map([
        ...pending.map((one) => [one.commonName, one] as const),
        ...byName(this.#ownFacts()).filter(([, fact]) => (fact.process ?? firstProcess) === process),
      ]).values(),
    ];
  }

  #begin(clients: Iterable<SessionFact>, cause: string): void {
    this.#end();
    this.#cause = cause;
    const all = [...clients];
    this.#tickle.begin(all);
    this.#lost = this.#parts.mayCall() ? all.filter(isCallable) : [];
    this.#carryOut(beginCampaign(this.#lost, now()));
  }

  #end(): void {
    this.#tickle.end();
    clearTimeout(this.#timer);
    this.#campaign = undefined;
    this.#run += 1;
    this.#toldOver();
  }

  #toldOver(): void {
    for (const resolve of this.#onOver.splice(0)) resolve();
  }

  #input(input: CampaignInput): void {
    if (this.#campaign !== undefined) this.#carryOut(step(this.#campaign, now(), input));
  }

  #carryOut({ state, effects }: CampaignStep): void {
    this.#campaign = isOver(state) ? undefined : state;
    for (const effect of effects) this.#do(effect);
    // An effect may have gone on by itself.
    if (this.#campaign === state) this.#wait(deadline(state));
  }

  #wait(due: Instant | undefined): void {
    clearTimeout(this.#timer);
    if (due === undefined) return;
    const ms = Math.max(0, Math.ceil(toMilliseconds(between(now(), due))));
    this.#timer = setTimeout(() => this.#input({ type: 'tick' }), ms);
  }

  #do(effect: CampaignEffect): void {
    switch (effect.type) {
      case 'look':
        void this.#look();
        return;
      case 'recall':
        this.#send(effect.client, effect.attempt);
        return;
      case 'over':
        this.#toldOver();
        if (Object.values(effect.outcome).some((count) => count > 0)) {
          this.#parts.log.info({ cause: this.#cause, ...effect.outcome }, 'clients were called back');
        }
    }
  }

  async #look(): Promise<void> {
    const run = this.#run;
    const pending = this.#campaign?.pending ?? [];
    const awaited = new Set(pending.map(({ client }) => client.process ?? firstProcess));
    const answer = await this.#parts.clients.instances(awaited).then(
      (instances) => ({ type: 'looked', instances }) as const,
      // The reason is reported where the connection was lost.
      () => ({ type: 'look-failed' }) as const,
    );
    if (run === this.#run) this.#input(answer);
  }

  /**
   * OpenVPN has decided to let the client in, and would tell it so when no packet of any client waits, or with the client's
   * next one. In a crowd that is a second later: a ping.
   */
  #nudge(process: string, { address, port }: Presence): void {
    if (overUdp.test(process)) this.#parts.privileged.nudge({ name: process, address, port });
  }

  #send(client: SessionFact, attempt: number): void {
    const { privileged, keys, log } = this.#parts;
    const { commonName, address, port } = client;
    const packet = keys.packetFor(commonName, Math.floor(this.#parts.now() / 1_000));
    if (packet === undefined) {
      log.warn({ commonName }, 'a client cannot be called back: no valid certificate has its key');
      return;
    }
    if (attempt > 1) log.info({ commonName, attempt }, 'a client did not come yet and is called again');
    const text = Buffer.from(packet.buffer, packet.byteOffset, packet.byteLength).toString('base64');
    privileged.sendRecall({ name: client.process ?? firstProcess, address, port, packet: text });
  }
}

/** The names of processes that serve UDP. */
const overUdp = /^udp/;

/** A TCP connection has no packet that calls: its client meets the reset of this kernel. */
function isCallable(fact: SessionFact): boolean {
  return overUdp.test(fact.process ?? firstProcess);
}

function byName(facts: FactTable): (readonly [string, SessionFact])[] {
  return [...facts.values()].map((fact) => [fact.commonName, fact]);
}

function now(): Instant {
  return instant(performance.now() * 1_000);
}
