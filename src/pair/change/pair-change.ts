import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { Write } from '../../accounts/write.ts';
import { TandemError } from '../../core/errors.ts';
import { fixedByProtocol } from '../../core/vrrp/pair-protocol.ts';
import { type HeartbeatKeys, newHeartbeatKeys, readHeartbeatKeys } from '../../settings/heartbeat-keys.ts';
import { defaultWebPlace, type NodeConfig } from '../../settings/node.ts';
import {
  type PairNode,
  type PairSettings,
  pairSettingName,
  pairSettingsSchema,
  viewOf,
} from '../../settings/pair.ts';
import { readPairSettings, readVpnSettings } from '../../settings/read.ts';
import type { Actor } from '../../store/actor.ts';
import type { Store } from '../../store/store.ts';
import type { ReplicationLink } from '../link.ts';
import { checkSharedIpv6, checkVirtualAddress } from '../pairing.ts';
import { changeRefused, changeUnderWay, invalidChange, noPair, unknownQuestion } from './change-errors.ts';
import {
  type ChangedThing,
  changedPair,
  changedThings,
  notices,
  type PairChangeWish,
} from './change-plan.ts';
import { interfacesOfMachine } from './own-interfaces.ts';
import { PairForm, type PairFormParts } from './pair-form.ts';
import { type PendingChange, pendingChangeSchema } from './pending-change.ts';

const answerTimeoutMs = 10_000;
const agreeAgainMs = 3_000;

/** What a step of the change came to. */
interface ChangeStep {
  readonly id: string;
  readonly title: string;
  readonly state: 'pending' | 'running' | 'done' | 'failed';
}

/** A change as it is shown: the one that runs, or the last one. */
export interface PairChangeView {
  /** `waiting`: it is made, and the other node, which was lost in the middle, takes it when it is back. */
  readonly state: 'none' | 'planned' | 'running' | 'done' | 'waiting' | 'failed';
  readonly changes: readonly ChangedThing[];
  readonly notices: readonly string[];
  readonly reconnecting: number;
  readonly virtualAddress: string;
  readonly steps: readonly ChangeStep[];
  readonly sentence: string;
  readonly error: { readonly code: string; readonly message: string; readonly hint: string } | null;
}

export interface PairChangesParts {
  readonly privileged: PairFormParts['privileged'];
  readonly heartbeat: PairFormParts['heartbeat'];
  readonly files: PairFormParts['files'];
  readonly serves: () => boolean;
  readonly config: NodeConfig;
  readonly store: Store;
  readonly write: Write;
  /** @throws TandemError `pair.standby` */
  readonly refuseUnlessActive: () => void;
  /** Undefined while there is none. */
  readonly link: () =>
    | {
        ask: ReplicationLink['ask'];
        readonly status: Pick<ReplicationLink['status'], 'protected' | 'connected' | 'sentence'>;
      }
    | undefined;
  /** Resolves when this node has brought itself in step with its data. */
  readonly followed: () => Promise<void>;
  /** How many are connected. */
  readonly clients: () => number;
  readonly log: Logger;
}

const titles = [
  ['check', 'both nodes can take it'],
  ['other', 'the other node has noted it and hears both forms'],
  ['own', 'this node has noted it and speaks both forms'],
  ['commit', 'it is in the data of both nodes'],
  ['settle', 'both nodes have settled on it'],
] as const;

interface Run {
  readonly view: Omit<PairChangeView, 'steps' | 'state' | 'sentence' | 'error'>;
  state: PairChangeView['state'];
  sentence: string;
  error: PairChangeView['error'];
  step: number;
}

/**
 * Changes what both nodes must have alike, in two phases (docs/adr/0013-a-change-of-the-pair.md): noted and prepared on both, then
 * written to the data of both, which is the commit. Whatever dies in between, both come to the same end.
 */
export class PairChanges {
  readonly form: PairForm;
  readonly #parts: PairChangesParts;
  #run: Run | undefined;
  #again: NodeJS.Timeout | undefined;

  constructor(parts: PairChangesParts) {
    this.#parts = parts;
    this.form = new PairForm({ ...parts, pair: () => this.#pair, interfaces: interfacesOfMachine });
  }

  get view(): PairChangeView {
    const run = this.#run;
    if (run === undefined) {
      const virtualAddress = this.#pair?.virtualAddress ?? '';
      const nothing = { changes: [], notices: [], reconnecting: 0, steps: [], error: null };
      return {
        state: 'none',
        virtualAddress,
        ...nothing,
        sentence: 'Nothing was changed since this node started.',
      };
    }
    const { state, sentence, error, step } = run;
    const steps = titles.map(([id, title], index) => ({ id, title, state: stepState(run, index, step) }));
    return { ...run.view, state, sentence, error, steps };
  }

  /** What would change and who would notice. @throws TandemError `pair.change.*`, `pair.virtual-address.invalid`, `pair.standby` */
  plan(wish: PairChangeWish): PairChangeView {
    return this.#viewOf(this.#planned(wish));
  }

  /** Begins; `view` says how far it is. @throws TandemError as `plan`, and `pair.change.refused`, `pair.change.busy` */
  start(actor: Actor, wish: PairChangeWish): PairChangeView {
    return this.#begin(actor, this.#planned(wish), undefined).view;
  }

  /** Another key for the heartbeats of both nodes. Resolves when it is in force. @throws TandemError as `start` */
  async rotateKey(actor: Actor): Promise<PairChangeView> {
    const { pair } = this.#requirePair();
    const fixed = fixedByProtocol(pair, { vhid: false, spoken: true });
    if (fixed !== undefined) throw invalidChange(fixed, 'To change it: tandem failover remove, then set');
    const current = readHeartbeatKeys(this.#parts.files.heartbeatKeys)?.activeKey ?? 0;
    const id = (current % 255) + 1;
    const [made] = newHeartbeatKeys().keys;
    if (made === undefined) throw new Error('no key was made');
    const keys = { keys: [{ id, key: made.key }], activeKey: id };
    const { done } = this.#begin(actor, { before: pair, after: { ...pair, heartbeatKey: id } }, keys);
    await done;
    return this.view;
  }

  /** On the other node: a step that the active one asks for. Undefined: not about a change of the pair. */
  async answer(ask: string, body: unknown): Promise<unknown> {
    const { form } = this;
    if (ask === 'pair.prepare') return form.prepare(pendingChangeSchema.parse(body));
    if (ask === 'pair.undo') return form.undo(z.object({ id: z.uuid() }).parse(body).id);
    if (ask === 'pair.settle') return this.#settle(pairSettingsSchema.parse(body));
    throw unknownQuestion(this.#parts.config.name, ask);
  }

  /** The other node has everything: what either has noted has come to its end. Tried again while this node waits for it. */
  agree(): void {
    clearTimeout(this.#again);
    this.#agree().catch((error: unknown) => {
      if (this.form.pending === undefined || this.#parts.link()?.status?.protected !== true) return;
      this.#parts.log.warn({ err: error }, 'the other node has not confirmed the end of a change yet');
      this.#again = setTimeout(() => this.agree(), agreeAgainMs);
    });
  }

  async #agree(): Promise<void> {
    const pair = this.#pair;
    if (pair === undefined || this.#run?.state === 'running') return;
    await this.#askPeer('pair.settle', pair);
    await this.#settle(pair);
    if (this.#run?.state === 'waiting') this.#end(this.#run, 'done', 'The change is in force on both nodes.');
  }

  get #pair(): PairSettings | undefined {
    return readPairSettings(this.#parts.store);
  }

  #requirePair(): { pair: PairSettings; own: PairNode; peer: PairNode } {
    const { config, refuseUnlessActive } = this.#parts;
    refuseUnlessActive();
    const pair = this.#pair;
    const view = pair === undefined ? undefined : viewOf(pair, config.nodeId);
    if (pair === undefined || view === undefined) throw noPair(config.name);
    return { pair, ...view };
  }

  #objections(peer: PairNode): readonly string[] {
    const copy = this.#parts.link()?.status;
    return copy?.protected === true
      ? []
      : [
          `${peer.name} ${copy?.connected === true ? 'does not have every change' : 'is away'} (${copy?.sentence ?? 'no connection'})`,
        ];
  }

  async #settle(pair: PairSettings): Promise<void> {
    await this.#parts.followed();
    await this.form.settle(pair);
  }

  #planned(wish: PairChangeWish): { before: PairSettings; after: PairSettings } {
    const { pair: before, peer } = this.#requirePair();
    const after = changedPair(before, wish);
    if (after.address6 !== undefined && after.address6 !== before.address6)
      checkSharedIpv6(this.#parts.config, after.address6);
    if (after.virtualAddress !== before.virtualAddress)
      checkVirtualAddress(this.#parts.config, { virtualAddress: after.virtualAddress, peer });
    return { before, after };
  }

  #viewOf({ before, after }: { before: PairSettings; after: PairSettings }): PairChangeView {
    const { config, store, clients } = this.#parts;
    const around = {
      clients: clients(),
      host: readVpnSettings(store).host,
      pagesPort: (config.web ?? defaultWebPlace).port,
    };
    const { words, reconnecting } = notices(before, after, around);
    return {
      state: 'planned',
      changes: changedThings(before, after),
      notices: words,
      reconnecting,
      virtualAddress: after.virtualAddress,
      steps: [],
      sentence: 'Nothing was changed: this is what would be.',
      error: null,
    };
  }

  #begin(
    actor: Actor,
    change: { before: PairSettings; after: PairSettings },
    keys: HeartbeatKeys | undefined,
  ): { view: PairChangeView; done: Promise<void> } {
    const { own, peer } = this.#requirePair();
    const objections = this.#objections(peer);
    if (objections.length > 0) throw changeRefused(objections);
    if (this.#run?.state === 'running' || this.form.pending !== undefined) throw changeUnderWay(own.name);
    const pending: PendingChange = { id: randomUUID(), ...change, keys };
    const view = this.#viewOf(change);
    const run: Run = { view, state: 'running', sentence: 'The change is under way.', error: null, step: 0 };
    this.#run = run;
    const done = this.#carryOut(actor, run, pending, peer);
    return { view: this.view, done };
  }

  async #carryOut(actor: Actor, run: Run, pending: PendingChange, peer: PairNode): Promise<void> {
    const { form } = this;
    const { log } = this.#parts;
    try {
      run.step = 1;
      await this.#askPeer('pair.prepare', pending);
      run.step = 2;
      await form.prepare(pending);
      run.step = 3;
      const objections = this.#objections(peer);
      if (objections.length > 0) throw changeRefused(objections);
      await this.#commit(actor, pending.after);
    } catch (error) {
      if (!isDeepStrictEqual(this.#pair, pending.after)) {
        await this.#undo(pending.id);
        log.warn({ err: error }, 'the pair was not changed');
        this.#fail(run, error);
        return;
      }
    }
    run.step = 4;
    try {
      await this.#parts.followed();
      await this.#askPeer('pair.settle', pending.after);
      await form.settle(pending.after);
      this.#end(run, 'done', 'The change is in force on both nodes.');
    } catch (error) {
      log.warn({ err: error }, `the pair is changed; ${peer.name} has not confirmed it`);
      this.#end(
        run,
        'waiting',
        `The change is made; ${peer.name} was lost in the middle and takes it when it is back.`,
      );
    }
  }

  async #commit(actor: Actor, after: PairSettings): Promise<void> {
    await this.#parts.write(actor, ({ settings }) => settings.set(pairSettingName, after));
  }

  #askPeer(ask: string, body: unknown): Promise<unknown> {
    const { link, config } = this.#parts;
    return link()?.ask(ask, body, answerTimeoutMs) ?? Promise.reject(noPair(config.name));
  }

  async #undo(id: string): Promise<void> {
    const { form } = this;
    const { log } = this.#parts;
    await form.undo(id);
    await this.#askPeer('pair.undo', { id }).catch((error: unknown) => {
      log.warn({ err: error }, 'the other node was not told; it undoes the change when both see each other');
    });
  }

  #fail(run: Run, error: unknown): void {
    const known = error instanceof TandemError ? error : unforeseen(error);
    run.error = { code: known.code, message: known.message, hint: known.hint };
    this.#end(run, 'failed', 'Nothing was changed; both nodes go on with what was before.');
  }

  #end(run: Run, state: Run['state'], sentence: string): void {
    run.state = state;
    run.sentence = sentence;
    if (state === 'done') run.step = titles.length;
  }
}

function unforeseen(error: unknown): TandemError {
  return new TandemError({
    code: 'pair.change.failed',
    culprit: 'us',
    message: `The pair was not changed: ${error instanceof Error ? error.message : String(error)}`,
    hint: 'Look at the log: journalctl -u tandem',
    cause: error,
  });
}

function stepState(run: Run, index: number, step: number): ChangeStep['state'] {
  if (index < step) return 'done';
  if (index > step) return 'pending';
  return run.state === 'failed' ? 'failed' : run.state === 'running' ? 'running' : 'pending';
}
