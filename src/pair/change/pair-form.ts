import { isDeepStrictEqual } from 'node:util';
import type { Logger } from 'pino';
import { TandemError } from '../../core/errors.ts';
import type { Form } from '../../core/reconfiguration/change.ts';
import { nextMove } from '../../core/reconfiguration/recovery.ts';
import type { HeartbeatRequest } from '../../privileged/channel.ts';
import type { Privileged } from '../../privileged/privileged.ts';
import { type HeartbeatKeys, readHeartbeatKeys, writeHeartbeatKeys } from '../../settings/heartbeat-keys.ts';
import type { NodeConfig } from '../../settings/node.ts';
import type { PairSettings } from '../../settings/pair.ts';
import type { HeartbeatClient } from '../heartbeat-client.ts';
import { checkSharedIpv6 } from '../pairing.ts';
import { changeUnderWay, missingKeys, otherPair } from './change-errors.ts';
import { between, heartbeatRequest, sameShared, sharedPart } from './heartbeat-form.ts';
import { checkSecondPath } from './own-interfaces.ts';
import {
  type PendingChange,
  readPendingChange,
  removePendingChange,
  writePendingChange,
} from './pending-change.ts';

/** Without a word of the coordinator the heartbeat goes back to what was before. */
const preparedForMs = 60_000;
/** What comes back with a noted change hears both forms until both nodes agree. */
const heardForMs = 86_400_000;
const keepOldMs = 10_000;
const startDelayMs = 3_000;
const lookEveryMs = 1_000;

export interface PairFormParts {
  readonly config: NodeConfig;
  readonly privileged: Pick<Privileged, 'runHeartbeat'>;
  readonly heartbeat: Pick<HeartbeatClient, 'status' | 'change' | 'start'>;
  /** Where it is noted what both nodes are changing, and where the keys of the heartbeat are. */
  readonly files: { readonly pairChange: string; readonly heartbeatKeys: string };
  /** What the data say; undefined while there is no pair. */
  readonly pair: () => PairSettings | undefined;
  readonly serves: () => boolean;
  /** The names and addresses of this machine's interfaces. */
  readonly interfaces: () => Readonly<Record<string, readonly string[]>>;
  readonly log: Logger;
}

/** This node's side of what both nodes must have alike: its heartbeat follows the data, through a change in two phases. */
export class PairForm {
  readonly #parts: PairFormParts;
  #pending: PendingChange | undefined;
  /** Which form the heartbeat had when the change in it began. */
  #base: Form = 'old';
  #armed = false;
  #loaded = '';
  #trouble: string | undefined;
  #turn: Promise<void> = Promise.resolve();
  #looks: NodeJS.Timeout | undefined;

  constructor(parts: PairFormParts) {
    this.#parts = parts;
    this.#pending = readPendingChange(this.#parts.files.pairChange);
  }

  /** The change that this node has noted and whose end is not agreed on. */
  get pending(): PendingChange | undefined {
    return this.#pending;
  }

  /** Why the heartbeat does not take part, in words. */
  get trouble(): string | undefined {
    return this.#trouble;
  }

  /** The heartbeat is brought in step with the data. */
  follow(): Promise<void> {
    return this.#inTurn(() => this.#follow(false));
  }

  /** Phase one: everything is checked, the change noted on the disk, and the heartbeat speaks and hears both forms. */
  prepare(pending: PendingChange): Promise<void> {
    return this.#inTurn(() => this.#prepare(pending));
  }

  /** The change was not made and will not be. */
  undo(id: string): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#pending?.id !== id || this.#isMade) return;
      await this.#follow(true);
      this.#forget();
    });
  }

  /** Both nodes have the same data: what was noted has come to its end. @throws TandemError `pair.change.other-pair` */
  settle(pair: PairSettings): Promise<void> {
    return this.#inTurn(async () => {
      if (!isDeepStrictEqual(this.#parts.pair(), pair)) throw otherPair(this.#parts.config.name);
      if (this.#pending === undefined) return;
      await this.#follow(true);
      const { keys } = this.#pending;
      if (this.#isMade && keys !== undefined) writeHeartbeatKeys(this.#parts.files.heartbeatKeys, keys);
      this.#forget();
      await this.#endOld();
    });
  }

  /** The pair is no more. */
  leave(): Promise<void> {
    return this.#inTurn(async () => {
      this.stop();
      this.#trouble = undefined;
      this.#loaded = '';
      if (this.#pending !== undefined) this.#forget();
    });
  }

  stop(): void {
    clearInterval(this.#looks);
    this.#looks = undefined;
  }

  /** The commit is in this node's data. */
  get #isMade(): boolean {
    return isDeepStrictEqual(this.#parts.pair(), this.#pending?.after);
  }

  #inTurn(action: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(action);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  async #prepare(pending: PendingChange): Promise<void> {
    const { config, heartbeat } = this.#parts;
    if (this.#pending !== undefined) throw changeUnderWay(config.name);
    if (!isDeepStrictEqual(this.#parts.pair(), pending.before)) throw otherPair(config.name);
    const [before, after] = [this.#requestOf(pending.before), this.#requestOf(pending.after, pending.keys)];
    if (before === undefined || after === undefined) throw otherPair(config.name);
    this.#checkSecondPath(pending.after);
    const { address6 } = pending.after;
    if (address6 !== undefined && address6 !== pending.before.address6)
      checkSharedIpv6(this.#parts.config, address6);
    if (!sameShared(before, after)) {
      const { change } = await heartbeat.status();
      if (change != null) throw changeUnderWay(config.name);
    }
    writePendingChange(this.#parts.files.pairChange, pending);
    this.#pending = pending;
    this.#base = 'old';
    this.#armed = true;
    if (sameShared(before, after)) return;
    try {
      await heartbeat.change({ command: 'prepare', change: sharedPart(after), timeoutMs: preparedForMs });
    } catch (error) {
      this.#forget();
      throw error;
    }
  }

  async #follow(agreed: boolean): Promise<void> {
    const pair = this.#parts.pair();
    if (pair === undefined) return;
    try {
      await this.#bring(pair, agreed);
      this.#trouble = undefined;
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error);
      const words = error instanceof TandemError ? `${said} ${error.hint}` : said;
      if (words !== this.#trouble) this.#parts.log.error({ err: error }, 'the pair could not be followed');
      this.#trouble = words;
    }
    this.#looks ??= setInterval(() => this.#look(), lookEveryMs);
  }

  async #bring(pair: PairSettings, agreed: boolean): Promise<void> {
    const pending = this.#pending;
    const wanted = pending === undefined ? 'old' : formOf(pending, pair);
    if (pending === undefined || wanted === undefined) {
      if (pending !== undefined) this.#forget();
      await this.#load(this.#requestOf(pair));
      return;
    }
    const old = this.#requestOf(pending.before);
    const next = this.#requestOf(pending.after, pending.keys);
    if (old === undefined || next === undefined) return;
    const [own, other] = wanted === 'new' ? [next, old] : [old, next];
    if (sameShared(old, next)) return this.#load(own);
    if (!this.#armed) return this.#arm(own, other, wanted);
    const phase = (await this.#parts.heartbeat.status()).change?.phase;
    const move = nextMove({ wanted, base: this.#base, phase, agreed });
    if (move === 'commit') await this.#parts.heartbeat.change({ command: 'commit', keepOldMs });
    if (move === 'rollback') await this.#parts.heartbeat.change({ command: 'rollback' });
    if (move === 'commit') await this.#load(between(other, own));
    else if (move !== 'keep') await this.#load(own);
  }

  /** Nobody needs what was before any more. */
  async #endOld(): Promise<void> {
    const { heartbeat, log } = this.#parts;
    try {
      const { change } = await heartbeat.status();
      if (change?.phase === 'committed') await heartbeat.change({ command: 'commit', keepOldMs: 0 });
      await this.#follow(true);
    } catch (error) {
      log.warn({ err: error }, 'what was before a change is spoken until its time is over');
    }
  }

  /** A node that starts with a noted change listens first, and from then on hears the other one in either form. */
  async #arm(own: HeartbeatRequest, other: HeartbeatRequest, wanted: Form): Promise<void> {
    const { heartbeat, log } = this.#parts;
    await this.#load({ ...own, startDelayMs });
    const { change } = await answering(heartbeat);
    if (change != null) await heartbeat.change({ command: 'rollback' });
    await heartbeat.change({ command: 'prepare', change: sharedPart(other), timeoutMs: heardForMs });
    this.#base = wanted;
    this.#armed = true;
    log.warn('a change of the pair was under way when this node ended: it listens to both forms of the pair');
  }

  async #load(request: HeartbeatRequest | undefined): Promise<void> {
    if (request === undefined) return;
    const asText = JSON.stringify(request);
    if (asText === this.#loaded) return;
    this.#loaded = '';
    await this.#parts.privileged.runHeartbeat(request);
    this.#parts.heartbeat.start();
    this.#loaded = asText;
  }

  /** What could not be done is tried again, and what a change left behind is put right when it has run out. */
  #look(): void {
    void this.#inTurn(async () => {
      const { heartbeat, pair } = this.#parts;
      const settings = pair();
      if (settings === undefined) return;
      if (this.#trouble !== undefined) return this.#follow(false);
      const { change } = await heartbeat.status().catch(() => ({ change: { phase: 'prepared' } }));
      if (change != null) return;
      if (this.#pending === undefined) return this.#load(this.#requestOf(settings));
      // The heartbeat was started anew, or its time ran out; the node that serves needs one form alone.
      this.#armed = this.#parts.serves();
      await this.#follow(false);
    }).catch((error: unknown) => {
      this.#parts.log.error({ err: error }, 'the heartbeat could not be brought in step with the pair');
    });
  }

  /** @throws TandemError `pair.heartbeat-keys.missing` */
  #requestOf(pair: PairSettings, keys?: HeartbeatKeys): HeartbeatRequest | undefined {
    const known = keys ?? this.#keys;
    if (known === undefined) throw missingKeys(this.#parts.config.name);
    return heartbeatRequest(pair, this.#parts.config.nodeId, known);
  }

  get #keys(): HeartbeatKeys | undefined {
    return readHeartbeatKeys(this.#parts.files.heartbeatKeys);
  }

  #checkSecondPath(pair: PairSettings): void {
    const { config, interfaces } = this.#parts;
    const second = pair.nodes.find(({ nodeId }) => nodeId === config.nodeId)?.second;
    checkSecondPath(config.name, second, interfaces());
  }

  #forget(): void {
    removePendingChange(this.#parts.files.pairChange);
    this.#pending = undefined;
    this.#armed = false;
  }
}

function formOf(pending: PendingChange, pair: PairSettings): Form | undefined {
  if (isDeepStrictEqual(pair, pending.after)) return 'new';
  return isDeepStrictEqual(pair, pending.before) ? 'old' : undefined;
}

/** @throws TandemError `heartbeat.unreachable` */
async function answering(heartbeat: Pick<HeartbeatClient, 'status'>): ReturnType<HeartbeatClient['status']> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await heartbeat.status();
    } catch (error) {
      if (!(error instanceof TandemError) || attempt === 30) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
