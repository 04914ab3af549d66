import type { Logger } from 'pino';
import { z } from 'zod';
import type { TakeoverPolicy } from '../../core/election/sync.ts';
import type { Greeting } from '../../core/replication/greeting.ts';
import type { Head } from '../../core/replication/position.ts';
import { hasNewestCopy } from '../../core/replication/roll-call.ts';
import type { HeartbeatStatus } from '../heartbeat-client.ts';
import type { Role } from '../role.ts';
import { NewestMark } from './newest-mark.ts';
import { type Readiness, readinessOf, readinessSchema } from './readiness.ts';

const lookEveryMs = 1_000;
const answerTimeoutMs = 900;
/** What was said longer ago is not known any more. */
const wordCountsMs = 4_000;
/** Longer than a standby may count on the last word that it has everything (src/core/election/sync.ts). */
const surelyAloneMs = 6_000;
/** Between the last word of an active node and the moment at which this one takes over lies the time in which silence is noticed. */
const promotedAfterMs = 10_000;

export interface SyncWatchParts {
  readonly role: () => Role;
  readonly policy: () => TakeoverPolicy;
  /** Whether this node goes before the other one where nothing else decides. */
  readonly isFirst: () => boolean;
  readonly head: () => Head;
  /** Undefined while there is none. */
  readonly link: () =>
    | {
        readonly isProtected: boolean;
        ask(ask: string, body: unknown, timeoutMs: number): Promise<unknown>;
        /** The active node says that this one has the newer copy and is to serve. */
        readonly isToServe: boolean;
        callPeer(timeoutMs: number): Promise<Greeting>;
      }
    | undefined;
  readonly heartbeat: { status(): Promise<HeartbeatStatus>; copyInSync(inSync: boolean): void };
  readonly markPath: string;
  readonly log: Pick<Logger, 'warn' | 'error'>;
  readonly now: () => number;
}

const wordSchema = z.object({ inSync: z.boolean() });

/**
 * Both nodes tell each other each second what a takeover hangs on: the active one whether the standby has every change, the standby
 * whether it would take over. Where nobody serves and a node may lack changes it asks the other one how far its copy goes.
 */
export class SyncWatch {
  readonly #parts: SyncWatchParts;
  readonly #newest: NewestMark;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #aloneSince: number | undefined;
  #word: { readonly inSync: boolean; readonly at: number } | undefined;
  #peer: { readonly readiness: Readiness; readonly at: number } | undefined;

  constructor(parts: SyncWatchParts) {
    this.#parts = parts;
    this.#newest = new NewestMark(parts.markPath);
  }

  /** The question that the active node asks; `answer` is for it. */
  static readonly ask = 'pair.sync';

  start(): void {
    this.#timer ??= setInterval(() => void this.look(), lookEveryMs);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** The pair is no more. */
  leave(): void {
    this.stop();
    this.#newest.isSet = false;
    this.#word = undefined;
    this.#peer = undefined;
    this.#aloneSince = undefined;
  }

  /** What the standby said of itself a moment ago; undefined where nothing is known. */
  get readiness(): Readiness | undefined {
    const { role, now } = this.#parts;
    if (role() !== 'active' || this.#peer === undefined) return undefined;
    return now() - this.#peer.at < wordCountsMs ? this.#peer.readiness : undefined;
  }

  /** Asked at the moment of a promotion: whether this node's copy was known to have every change. */
  get wasInSync(): boolean {
    const word = this.#word;
    return this.#newest.isSet || (word?.inSync === true && this.#parts.now() - word.at < promotedAfterMs);
  }

  /** On the standby: what the active one says, and what this one answers. */
  async answer(body: unknown): Promise<Readiness> {
    const { heartbeat, now } = this.#parts;
    const { inSync } = wordSchema.parse(body);
    this.#newest.isSet = false;
    this.#word = { inSync, at: now() };
    heartbeat.copyInSync(inSync);
    return readinessOf(await heartbeat.status().catch(() => undefined));
  }

  /** Also before something hangs on it. Never rejects. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #look(): Promise<void> {
    try {
      if (this.#parts.role() === 'active') await this.#asActive();
      else await this.#asStandby();
    } catch (error) {
      this.#parts.log.error({ err: error }, 'what a takeover hangs on could not be watched');
    }
  }

  async #asActive(): Promise<void> {
    const { link, policy, heartbeat, now } = this.#parts;
    const inSync = link()?.isProtected === true;
    this.#word = undefined;
    this.#aloneSince = inSync ? undefined : (this.#aloneSince ?? now());
    const alone = this.#aloneSince !== undefined && now() - this.#aloneSince >= surelyAloneMs;
    this.#newest.isSet = alone && policy() === 'in-sync';
    heartbeat.copyInSync(this.#newest.isSet);
    // A standby that does not follow, or is older than this question, says nothing of itself.
    const said = await link()
      ?.ask(SyncWatch.ask, { inSync }, answerTimeoutMs)
      .catch(() => undefined);
    const readiness = readinessSchema.safeParse(said);
    if (readiness.success) this.#peer = { readiness: readiness.data, at: now() };
  }

  async #asStandby(): Promise<void> {
    const { link, policy, heartbeat, head, isFirst, log } = this.#parts;
    this.#aloneSince = undefined;
    this.#peer = undefined;
    if (link()?.isToServe === true) return this.#mayServe();
    if (policy() !== 'in-sync') return;
    const status = await heartbeat.status().catch(() => undefined);
    if (status?.state !== 'standby' || isHeard(status)) return;
    if (this.#newest.isSet) return this.#mayServe();
    if (status.standing !== 'follow') return;
    const peer = await link()
      ?.callPeer(answerTimeoutMs * 3)
      .catch(() => undefined);
    if (peer?.role !== 'standby' || !hasNewestCopy(head(), peer.head, isFirst())) return;
    log.warn({ peer: peer.nodeName, head: peer.head.position }, 'nobody serves, and this copy is the newest');
    this.#mayServe();
  }

  #mayServe(): void {
    this.#word = { inSync: true, at: this.#parts.now() };
    this.#parts.heartbeat.copyInSync(true);
  }
}

function isHeard({ peers }: HeartbeatStatus): boolean {
  return peers.some(({ lastHeardMs }) => lastHeardMs != null && lastHeardMs < wordCountsMs);
}
