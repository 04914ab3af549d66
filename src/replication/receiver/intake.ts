import type { SessionNotice } from '../../core/recall/session-fact.ts';
import type { JournalEntry } from '../../core/replication/entry.ts';
import { admitSender, type Greeting } from '../../core/replication/greeting.ts';
import type {
  Complaint,
  Message,
  Question,
  SnapshotOffer,
  SurveyAnswer,
} from '../../core/replication/messages.ts';
import type { Head, Position } from '../../core/replication/position.ts';
import {
  initialReceiver,
  installed,
  type ReceiverEffect,
  type ReceiverState,
  receive,
} from '../../core/replication/receiver.ts';
import type { Verdict } from '../../core/replication/verdict.ts';
import type { Store } from '../../store/store.ts';
import { complaintError, linkError, toComplaint } from '../errors.ts';
import type { MessageStream } from '../message-stream.ts';
import { type Quarantined, quarantine } from '../quarantine.ts';
import { IncomingSnapshot } from './incoming.ts';

export interface IntakeOptions {
  readonly store: Store;
  readonly stream: MessageStream;
  readonly silenceMs: number;
  readonly quarantineDirectory: string | undefined;
  readonly wallMs: () => number;
  /** How this node introduces itself at this moment. */
  readonly self: () => Greeting;
  /** Asked before a sender is admitted; ends the connection before this one. */
  readonly takeTurn: () => Promise<void>;
  readonly onAdmitted: (sender: Greeting) => void;
  readonly onPhase: (phase: ReceiverState['phase']) => void;
  readonly onApplied: (head: Head) => void;
  readonly onQuarantined: (what: Quarantined) => void;
  readonly onInstalled: () => void;
  /** What was put aside last: said at each connection, for the link may have died before it was heard. */
  readonly lastQuarantine: () => Quarantined | undefined;
  readonly onSessions: (notice: SessionNotice) => void;
  /** The active wants to compare. Resolves once the moment to look at is taken; nothing is applied until then. */
  readonly onVerify: (head: Head, reply: (answer: SurveyAnswer) => void) => Promise<void>;
  readonly onVerdict: (verdict: Verdict) => void;
  /** The active asks for something; what this throws is what it is refused with. */
  readonly onQuestion: (ask: string, body: unknown) => Promise<unknown>;
  /** Right before the whole file is exchanged. */
  readonly beforeReplace: () => Promise<void>;
}

/** One connection from an active node: carries out what `core/replication/receiver` decides. */
export class Intake {
  readonly #options: IntakeOptions;
  #state: ReceiverState = initialReceiver;
  #incoming: IncomingSnapshot | undefined;
  #sender: Greeting | undefined;
  #over = false;
  #called = false;
  /** Applied and not yet acknowledged. */
  #owed: Position | undefined;
  #acknowledging = false;
  /** Why what was applied could not be acknowledged. */
  #failure: unknown;

  constructor(options: IntakeOptions) {
    this.#options = options;
  }

  get admitted(): boolean {
    return this.#sender !== undefined;
  }

  /** The other side wanted no more than a greeting. */
  get called(): boolean {
    return this.#called;
  }

  /** Until the connection ends; always rejects, with the reason. */
  async run(): Promise<never> {
    const { stream, silenceMs } = this.#options;
    try {
      for await (const messages of stream.portions(() => silenceMs)) await this.#take(messages);
      throw linkError('closed', 'the link was closed');
    } catch (cause) {
      const error = this.#failure ?? cause;
      // Ours to tell, unless it came from there or the link is what failed.
      if (!this.#over) stream.send({ kind: 'complaint', complaint: toComplaint(error) });
      stream.end();
      throw error;
    } finally {
      this.#over = true;
      await this.#incoming?.discard();
    }
  }

  /** From the moment this is called nothing more is applied. */
  stop(): void {
    this.#over = true;
    this.#options.stream.destroy();
  }

  /** Entries that arrived together are applied together: one sync for all of them. */
  async #take(messages: readonly Message[]): Promise<void> {
    let entries: JournalEntry[] = [];
    for (const message of messages) {
      if (this.#over) return;
      if (message.kind === 'sessions' && this.admitted) {
        this.#options.onSessions(message.notice);
        continue;
      }
      if (message.kind === 'verdict' && this.admitted) {
        this.#options.onVerdict(message.verdict);
        continue;
      }
      if (message.kind === 'question' && this.admitted) {
        // It is about the data as it is behind the entries before it.
        this.#apply(entries);
        entries = [];
        void this.#answer(message.question);
        continue;
      }
      if (message.kind === 'verify' && this.#state.phase === 'tail') {
        this.#apply(entries);
        entries = [];
        await this.#verify(message.head);
        continue;
      }
      if (message.kind === 'greeting') await this.#makeWay(message.greeting);
      const step = receive(this.#state, message, this.#options.self());
      this.#enter(step.state);
      for (const effect of step.effects) {
        if (effect.do === 'apply') {
          entries.push(effect.entry);
        } else {
          this.#apply(entries);
          entries = [];
          await this.#carryOut(effect);
        }
      }
    }
    this.#apply(entries);
  }

  async #answer({ id, ask, body }: Question): Promise<void> {
    const { onQuestion, stream } = this.#options;
    const reply = await onQuestion(ask, body).then(
      (answer) => ({ id, body: answer ?? null }),
      (error: unknown) => ({ id, refused: toComplaint(error) }),
    );
    if (!this.#over) stream.send({ kind: 'reply', reply });
  }

  async #verify(head: Head): Promise<void> {
    const reply = (answer: SurveyAnswer): void => {
      if (!this.#over) this.#options.stream.send({ kind: 'verified', answer });
    };
    if (this.#options.store.head.hash !== head.hash) reply({ failed: 'it is at another entry' });
    else await this.#options.onVerify(head, reply);
  }

  async #makeWay(sender: Greeting): Promise<void> {
    this.#called = sender.role === 'standby';
    if (this.#called) return;
    if (!('code' in admitSender(this.#options.self(), sender))) await this.#options.takeTurn();
  }

  async #carryOut(effect: Exclude<ReceiverEffect, { do: 'apply' }>): Promise<void> {
    if (this.#over) return;
    switch (effect.do) {
      case 'send':
        // What we hold may have come a moment before the last connection ended.
        if (effect.message.kind === 'acknowledgement') await this.#options.store.synced();
        if (!this.#options.stream.send(effect.message)) await this.#options.stream.drained();
        return;
      case 'admitted':
        this.#sender = effect.sender;
        this.#options.onAdmitted(effect.sender);
        return;
      case 'snapshot-open':
        this.#incoming = await IncomingSnapshot.open(this.#options.store, effect.offer);
        return;
      case 'snapshot-append':
        await this.#incoming?.append(effect.bytes);
        return;
      case 'snapshot-install':
        await this.#install(effect.offer, effect.sha256);
        return;
      case 'end':
        this.#finish(effect.complaint);
    }
  }

  #apply(entries: readonly JournalEntry[]): void {
    const { store, stream } = this.#options;
    const last = entries.at(-1);
    if (this.#over || last === undefined) return;
    store.apply(...entries);
    // A change that comes alone has a writer who waits for it alone.
    if (entries.length === 1 && !this.#acknowledging && store.syncIfQuick())
      stream.send({ kind: 'acknowledgement', position: last.position });
    else this.#owed = last.position;
    if (this.#owed !== undefined && !this.#acknowledging) void this.#acknowledge();
    this.#options.onApplied(store.head);
  }

  /** One sync and one acknowledgement for everything applied meanwhile; applying goes on beside it. */
  async #acknowledge(): Promise<void> {
    const { store, stream } = this.#options;
    this.#acknowledging = true;
    try {
      while (this.#owed !== undefined && !this.#over) {
        const position = this.#owed;
        this.#owed = undefined;
        await store.synced();
        if (!this.#over) stream.send({ kind: 'acknowledgement', position });
      }
    } catch (error) {
      this.#failure = error;
      stream.send({ kind: 'complaint', complaint: toComplaint(error) });
      stream.end();
    } finally {
      this.#acknowledging = false;
    }
  }

  async #install(offer: SnapshotOffer, sha256: string): Promise<void> {
    const { store, stream, quarantineDirectory } = this.#options;
    const incoming = this.#incoming;
    if (incoming === undefined) return;
    const commonSequence = await incoming.verify(sha256, store);
    if (this.#over) return;
    const aside =
      quarantineDirectory === undefined
        ? undefined
        : await quarantine({
            store,
            directory: quarantineDirectory,
            commonSequence,
            activeNodeId: this.#sender?.nodeId ?? '',
            nowMs: this.#options.wallMs(),
          });
    await this.#options.beforeReplace();
    // From here to the exchange nothing may wait: a promotion meanwhile must find the old data or the new.
    if (this.#over) return;
    store.replaceWith(incoming.path);
    if (aside !== undefined) this.#options.onQuarantined(aside);
    this.#options.onInstalled();
    const step = installed(this.#state, offer.head);
    this.#enter(step.state);
    for (const effect of step.effects) if (effect.do === 'send') stream.send(effect.message);
    this.#options.onApplied(store.head);
  }

  #finish(complaint: Complaint): never {
    this.#over = true;
    throw complaintError(complaint);
  }

  #enter(state: ReceiverState): void {
    const { phase } = this.#state;
    this.#state = state;
    if (state.phase === phase) return;
    this.#options.onPhase(state.phase);
    const aside = state.phase === 'tail' ? this.#options.lastQuarantine() : undefined;
    if (aside === undefined) return;
    this.#options.stream.send({ kind: 'quarantined', notice: { id: aside.id, lost: aside.lost } });
  }
}
