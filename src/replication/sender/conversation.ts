import type { TandemError } from '../../core/errors.ts';
import type { Copying } from '../../core/replication/book.ts';
import { type Decision, decide } from '../../core/replication/decision.ts';
import type { JournalEntry } from '../../core/replication/entry.ts';
import { admitSender, type Greeting } from '../../core/replication/greeting.ts';
import type {
  Message,
  QuarantineNotice,
  Reply,
  SnapshotOffer,
  SurveyAnswer,
} from '../../core/replication/messages.ts';
import { formatPosition, type Head, type Position } from '../../core/replication/position.ts';
import type { Store } from '../../store/store.ts';
import type { Clock } from '../clock.ts';
import { complaintError, linkError, toComplaint } from '../errors.ts';
import type { MessageStream } from '../message-stream.ts';
import { Outbox } from './outbox.ts';
import { sendSnapshot } from './snapshot-source.ts';
import { Window } from './window.ts';

/** What one connection tells the sender. */
export interface ConversationEvents {
  greeted(peer: Greeting, decision: Decision): void;
  /** Why it gets nothing from here; it is told. */
  refusal?(peer: Greeting): TandemError | undefined;
  /** The standby proved to be at this position of our own history. */
  seeding(copying: Copying | undefined): void;
  following(standsAt: Position): void;
  acknowledged(position: Position): void;
  quarantined(notice: QuarantineNotice): void;
  /** What the other side found in its copy. */
  surveyed(answer: SurveyAnswer): void;
  /** The other side answered a ping. */
  heard?(): void;
  /** To a question. */
  replied?(reply: Reply): void;
  /** Each ping: a moment to look at deadlines. */
  tick(): void;
}

/**
 * Each portion costs both ends the same, whatever is in it. While so many are on their way, what is new waits for one of them, as
 * with Nagle's algorithm; a full portion waits for none.
 */
const portionsUnderWay = 2;
const fullPortion = 64;

interface ConversationOptions {
  readonly store: Store;
  readonly stream: MessageStream;
  readonly greeting: Greeting;
  readonly clock: Clock;
  readonly pingMs: number;
  /** The standby is taken for dead after this much silence. */
  readonly silenceMs: number;
  /** The same while it verifies a whole copy, which may take it some seconds at once. */
  readonly verifyingMs: number;
  readonly events: ConversationEvents;
  /** What of the store the other side gets; everything where it is not given. */
  readonly view?: View;
}

/** A part of a store, as a follower gets it. */
interface View {
  entry(entry: JournalEntry): JournalEntry;
  copyTo(path: string): Promise<Head>;
}

type Phase =
  | { readonly name: 'greeting' }
  | { readonly name: 'snapshot' }
  | { readonly name: 'verifying'; readonly head: Head }
  | { readonly name: 'tail' };

/** One connection to the standby, from greeting to its end. */
export class Conversation {
  readonly #options: ConversationOptions;
  readonly #window = new Window();
  readonly #outbox: Outbox;
  #phase: Phase = { name: 'greeting' };
  /** The last sequence sent. */
  #sent = 0;
  /** Where the other side is to look at its copy: told right behind that entry. */
  #marker: Head | undefined;
  #over = false;
  /** Why we ended it ourselves. */
  #failure: unknown;

  constructor(options: ConversationOptions) {
    this.#options = options;
    this.#outbox = new Outbox(options.store);
  }

  /** The last sequence that went to the standby. */
  get sent(): number {
    return this.#sent;
  }

  /** Runs until the link ends; always rejects, with the reason. */
  async run(): Promise<never> {
    const { stream, clock, pingMs, events } = this.#options;
    let cancelPing = (): void => {};
    const ping = (): void => {
      stream.send({ kind: 'ping' });
      events.tick();
      cancelPing = clock.after(pingMs, ping);
    };
    cancelPing = clock.after(pingMs, ping);
    try {
      stream.send({ kind: 'greeting', greeting: this.#options.greeting });
      return await this.#listen();
    } finally {
      this.#over = true;
      cancelPing();
      stream.destroy();
    }
  }

  /** A change was just committed. It goes out with the others of this turn of the event loop. */
  committed(entry: JournalEntry): void {
    if (this.#phase.name === 'tail') this.#outbox.put(entry);
  }

  /** Sends what the window lets through; called whenever something may have changed. */
  pump(): void {
    const { stream } = this.#options;
    while (!this.#over && this.#phase.name === 'tail' && this.#window.open) {
      const { roomEntries, roomBytes, portions } = this.#window;
      const waiting = this.#options.store.position.sequence - this.#sent;
      if (waiting < fullPortion && portions >= portionsUnderWay) return;
      const entries = this.#next(Math.min(roomEntries, fullPortion), roomBytes);
      if (entries.length === 0) return;
      const portion: Message[] = [];
      for (const entry of entries) {
        portion.push({ kind: 'entry', entry: this.#options.view?.entry(entry) ?? entry });
        this.#window.sent(entry);
        this.#sent = entry.position.sequence;
        portion.push(...this.#dueMarker());
      }
      this.#window.portionEnds();
      stream.send(...portion);
    }
  }

  /** Nothing where the journal is damaged: the connection ends. */
  #next(limit: number, maximumBytes: number): JournalEntry[] {
    try {
      return this.#outbox.after(this.#sent, limit, maximumBytes);
    } catch (error) {
      this.#failure ??= error;
      this.#options.stream.destroy();
      return [];
    }
  }

  /**
   * Asks the other side to look at its copy as it is at `head`. False when that entry went out already and others behind
   * it, or when it does not follow yet.
   */
  askToVerify(head: Head): boolean {
    if (this.#over || this.#phase.name !== 'tail' || head.position.sequence < this.#sent) return false;
    this.#marker = head;
    const due = this.#dueMarker();
    if (due.length > 0) this.#options.stream.send(...due);
    return true;
  }

  #dueMarker(): Message[] {
    const head = this.#marker;
    if (head === undefined || head.position.sequence !== this.#sent) return [];
    this.#marker = undefined;
    return [{ kind: 'verify', head }];
  }

  async #listen(): Promise<never> {
    const { stream, silenceMs, verifyingMs } = this.#options;
    const silence = (): number => (this.#phase.name === 'verifying' ? verifyingMs : silenceMs);
    try {
      for await (const messages of stream.portions(silence)) {
        for (const message of messages) this.#hear(message);
      }
      throw linkError('closed', 'the link was closed');
    } catch (error) {
      throw this.#failure ?? error;
    }
  }

  #hear(message: Message): void {
    const { events } = this.#options;
    if (message.kind === 'greeting' && this.#phase.name === 'greeting') this.#greeted(message.greeting);
    else if (message.kind === 'acknowledgement') this.#acknowledged(message.position);
    else if (message.kind === 'quarantined') events.quarantined(message.notice);
    else if (message.kind === 'verified') events.surveyed(message.answer);
    else if (message.kind === 'reply') events.replied?.(message.reply);
    else if (message.kind === 'complaint') throw complaintError(message.complaint);
    else if (message.kind === 'pong') events.heard?.();
    else {
      throw linkError('garbled', `a ${message.kind} message is not expected by the sending side`);
    }
  }

  #greeted(peer: Greeting): void {
    const { store, stream, events, greeting } = this.#options;
    const history = {
      head: store.head,
      firstSequence: store.firstSequence,
      hashAt: (sequence: number): string | undefined => store.hashAt(sequence),
    };
    const decision = decide(history, peer.head, peer.wants);
    events.greeted(peer, decision);
    const admitted = admitSender(peer, greeting);
    if ('code' in admitted) throw complaintError(admitted);
    this.#failure = events.refusal?.(peer);
    if (this.#failure !== undefined) {
      stream.send({ kind: 'complaint', complaint: toComplaint(this.#failure) });
      stream.end();
      return;
    }
    if (decision.kind === 'tail') {
      this.#sent = decision.after;
      stream.send({ kind: 'tail', after: decision.after });
      this.#follow(peer.head.position);
      return;
    }
    this.#phase = { name: 'snapshot' };
    void this.#seed(decision.kind === 'diverged' ? 'diverged' : decision.reason);
  }

  async #seed(reason: SnapshotOffer['reason']): Promise<void> {
    const { store, stream, events, view } = this.#options;
    try {
      events.seeding(undefined);
      const copyTo = view?.copyTo ?? ((path: string) => store.snapshotTo(path));
      const head = await sendSnapshot({ store, stream, reason, copyTo, onProgress: events.seeding });
      this.#phase = { name: 'verifying', head };
    } catch (error) {
      this.#failure ??= error;
      stream.destroy();
    }
  }

  #acknowledged(position: Position): void {
    if (this.#phase.name === 'verifying') {
      const { head } = this.#phase;
      if (position.sequence !== head.position.sequence || position.epoch !== head.position.epoch) {
        throw linkError(
          'garbled',
          `the standby acknowledged ${formatPosition(position)} instead of the copy`,
        );
      }
      this.#sent = position.sequence;
      this.#follow(position);
    } else if (this.#phase.name !== 'tail' || position.sequence > this.#sent) {
      throw linkError(
        'garbled',
        `the standby acknowledged ${formatPosition(position)}, which it was not sent`,
      );
    }
    this.#window.acknowledged(position);
    this.#options.events.acknowledged(position);
    this.pump();
  }

  #follow(standsAt: Position): void {
    this.#phase = { name: 'tail' };
    this.#options.events.following(standsAt);
    this.pump();
  }
}
