import type { TandemError } from '../../core/errors.ts';
import type { SessionNotice } from '../../core/recall/session-fact.ts';
import { backoffMs } from '../../core/replication/backoff.ts';
import * as books from '../../core/replication/book.ts';
import type { Greeting } from '../../core/replication/greeting.ts';
import type { QuarantineNotice, SurveyAnswer } from '../../core/replication/messages.ts';
import { covers, type Head, type Position } from '../../core/replication/position.ts';
import type { Survey, Verdict } from '../../core/replication/verdict.ts';
import type { Store } from '../../store/store.ts';
import { type Clock, systemClock } from '../clock.ts';
import { linkError, newerStandby, toTandemError } from '../errors.ts';
import type { Log } from '../log.ts';
import { MessageStream } from '../message-stream.ts';
import { greetingOf, type Self } from '../self.ts';
import { Conversation, type ConversationEvents } from './conversation.ts';
import type { Connect, Link } from './link.ts';
import { Questions } from './questions.ts';
import { removeLeftovers } from './snapshot-source.ts';
import type { SenderStatus } from './status.ts';
import { Waiters } from './waiters.ts';

export interface SenderOptions {
  readonly store: Store;
  readonly self: Self;
  /** What the standby is called until it introduced itself. */
  readonly peerName: string;
  readonly connect: Connect;
  readonly log: Log;
  /** Asked when the standby has presented itself: true where it is to serve, so that nothing is sent to it. */
  readonly isNewer?: (peer: Greeting) => boolean;
  readonly clock?: Clock;
  /** Default 1000. */
  readonly pingMs?: number;
  /** Default 3000. */
  readonly silenceMs?: number;
  /** Default 60000. */
  readonly verifyingMs?: number;
}

/** What nobody waits for is not sent while more than this lies in the link. */
const fullLinkBytes = 256 * 1024;

/** Keeps the standby's copy equal to ours, for as long as this node is active. */
export class Sender {
  readonly #options: SenderOptions;
  readonly #clock: Clock;
  readonly #waiters: Waiters;
  readonly #listeners = new Set<(status: SenderStatus) => void>();
  #book: books.Book;
  #state: SenderStatus['state'] = 'stopped';
  #conversation: Conversation | undefined;
  #stream: MessageStream | undefined;
  #link: Link | undefined;
  #peer: Greeting | undefined;
  #lastError: SenderStatus['lastError'];
  #lastQuarantine: QuarantineNotice | undefined;
  #failures = 0;
  /** Changes with each start, so that what belongs to an earlier run finds that it is over. */
  #run = 0;
  #wake = (): void => {};
  #unsubscribe = (): void => {};
  #told = '';
  #surveyed: ((answer: SurveyAnswer) => void) | undefined;
  #pumping = false;
  readonly #questions: Questions;

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#waiters = new Waiters(this.#clock);
    this.#questions = new Questions(this.#clock);
    this.#book = books.openBook(options.peerName, options.store.position);
  }

  /** Connects and stays connected until `stop`. */
  start(): void {
    if (this.#state !== 'stopped') return;
    const run = ++this.#run;
    this.#book = books.openBook(this.#book.peer, this.#options.store.position);
    this.#failures = 0;
    this.#unsubscribe = this.#options.store.onChange(({ head, entry }) => {
      this.#note(books.committed(this.#book, head.position, this.#clock.now()));
      if (entry !== undefined) this.#conversation?.committed(entry);
      this.#pumpSoon();
    });
    this.#enter('connecting');
    removeLeftovers(this.#options.store).catch((error: unknown) => {
      this.#options.log.warn({ err: error }, 'an old copy beside the store could not be removed');
    });
    void this.#keepConnected(run);
  }

  /** Writers that still wait are told that the standby did not acknowledge. */
  stop(): void {
    if (this.#state === 'stopped') return;
    this.#run++;
    this.#unsubscribe();
    this.#wake();
    this.#stream?.destroy();
    this.#link?.close();
    this.#waiters.giveUp();
    this.#surveyed?.({ failed: 'this node stopped sending' });
    this.#questions.giveUp('this node stopped sending');
    this.#note(books.lost(this.#book, 'stopped'));
    this.#enter('stopped');
  }

  /** Connects now instead of when the next attempt is due, and sends what there is to send. */
  nudge(): void {
    this.#wake();
    this.#conversation?.pump();
  }

  /**
   * Tells the standby who is connected; nobody waits for it. False, and nothing is sent, while no standby follows or the
   * link has its hands full.
   */
  tellSessions(notice: SessionNotice): boolean {
    const stream = this.#stream;
    if (this.#state !== 'tail' || stream === undefined || stream.unsentBytes > fullLinkBytes) return false;
    stream.send({ kind: 'sessions', notice });
    return true;
  }

  /**
   * What the standby holds at `head`. Undefined at once where it has other entries behind that one already: then take a later
   * moment. Rejects when it cannot look, does not answer (an older version does not) or the link is lost.
   */
  surveyAt(head: Head, timeoutMs: number): Promise<Survey> | undefined {
    const conversation = this.#conversation;
    if (conversation === undefined || !conversation.askToVerify(head)) return undefined;
    const { peer } = this.#book;
    return new Promise((resolve, reject) => {
      const cancel = this.#clock.after(timeoutMs, () => answer({ failed: 'it did not answer' }));
      const answer = (said: SurveyAnswer): void => {
        cancel();
        this.#surveyed = undefined;
        if ('survey' in said) resolve(said.survey);
        else reject(linkError('closed', `${peer} could not look at its copy: ${said.failed}`));
      };
      this.#surveyed = answer;
    });
  }

  tellVerdict(head: Head, verdict: Verdict): void {
    if (this.#state === 'tail') this.#stream?.send({ kind: 'verdict', head, verdict });
  }

  /**
   * Asks the standby for something beside the data; resolves with its answer. Rejects with what it refused with, or
   * `replication.link.closed` when it does not answer (an older version does not) or does not follow.
   */
  ask(ask: string, body: unknown, timeoutMs: number): Promise<unknown> {
    const stream = this.#stream;
    const { peer } = this.#book;
    if (this.#state !== 'tail' || stream === undefined)
      return Promise.reject(linkError('closed', `${peer} does not follow now`));
    return this.#questions.ask(peer, timeoutMs, (id) =>
      stream.send({ kind: 'question', question: { id, ask, body } }),
    );
  }

  /**
   * True only when the standby has said that everything up to `position` is applied and synced there. False after
   * `timeoutMs`; at once while no standby is connected, or one that still gets a whole copy: then the pair is
   * unprotected, and says so.
   */
  async acknowledged(position: Position, timeoutMs: number): Promise<boolean> {
    const { acknowledged, phase } = this.#book;
    if (acknowledged !== undefined && covers(acknowledged, position)) return true;
    const reachable = phase === 'tail' || phase === 'greeting';
    const covered = reachable && (await this.#waiters.wait(position, timeoutMs));
    if (!covered) this.#note(books.gaveUpWaiting(this.#book));
    return covered;
  }

  /** Called whenever state or protection changed. Returns what ends it. */
  onStatus(listener: (status: SenderStatus) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  get isProtected(): boolean {
    return books.isProtected(this.#book);
  }

  get status(): SenderStatus {
    const book = this.#book;
    const peer = this.#peer;
    const lag = books.lagEntries(book);
    return {
      state: this.#state,
      connected: book.phase !== 'disconnected',
      peer: peer && { nodeId: peer.nodeId, nodeName: peer.nodeName, product: peer.product, head: peer.head },
      acknowledged: book.acknowledged,
      lagEntries: lag,
      lagMs: lag === 0 ? 0 : this.#ageOfOldest(),
      protected: books.isProtected(book),
      protectedSince:
        book.protectedSince === undefined
          ? undefined
          : Math.round(this.#clock.wall() - (this.#clock.now() - book.protectedSince)),
      unsentBytes: lag === 0 ? 0 : this.#unsentBytes(),
      copying: book.copying,
      sentence: books.describe(book),
      lastError: this.#lastError,
      lastQuarantine: this.#lastQuarantine,
    };
  }

  async #keepConnected(run: number): Promise<void> {
    while (run === this.#run) {
      this.#enter('connecting');
      const error = await this.#connectOnce(run).catch(toTandemError);
      if (run !== this.#run) return;
      this.#lose(error);
      await this.#pause(backoffMs(++this.#failures, error.code));
    }
  }

  /** Resolves with why it ended. */
  async #connectOnce(run: number): Promise<TandemError> {
    const { store, self, connect } = this.#options;
    const link = await connect();
    if (run !== this.#run) {
      link.close();
      return toTandemError(new Error('stopped'));
    }
    const stream = new MessageStream(link.stream, this.#clock);
    const conversation = new Conversation({
      store,
      stream,
      greeting: greetingOf(self, store, 'active', 'whatever'),
      clock: this.#clock,
      pingMs: this.#options.pingMs ?? 1_000,
      silenceMs: this.#silenceMs,
      verifyingMs: this.#options.verifyingMs ?? 60_000,
      events: this.#events(run),
    });
    this.#link = link;
    this.#stream = stream;
    this.#conversation = conversation;
    try {
      return await conversation.run();
    } catch (error) {
      const said = toTandemError(error);
      return said.code === 'replication.link.closed' ? (link.reason() ?? said) : said;
    } finally {
      link.close();
      if (run === this.#run) this.#conversation = undefined;
    }
  }

  #events(run: number): ConversationEvents {
    const current = (note: () => void): void => {
      if (run === this.#run) note();
    };
    return {
      greeted: (peer, decision) =>
        current(() => {
          this.#peer = peer;
          this.#options.log.info(
            { peer: peer.nodeName, head: peer.head.position, decision },
            'standby reached',
          );
          this.#note(books.reached(this.#book, peer.nodeName));
          this.#enter('greeting');
        }),
      refusal: (peer) =>
        run === this.#run && this.#options.isNewer?.(peer) === true ? newerStandby(peer.nodeName) : undefined,
      seeding: (copying) =>
        current(() => {
          this.#note(books.standsAt(books.seeding(this.#book, copying), undefined));
          this.#waiters.giveUp();
          this.#enter('snapshot');
        }),
      following: (position) =>
        current(() => {
          this.#failures = 0;
          this.#lastError = undefined;
          this.#note(books.following(books.standsAt(this.#book, position)));
          this.#enter('tail');
        }),
      acknowledged: (position) =>
        current(() => {
          this.#note(books.acknowledged(this.#book, position, this.#clock.now()));
          this.#waiters.acknowledged(position);
        }),
      quarantined: (notice) =>
        current(() => {
          if (this.#lastQuarantine?.id === notice.id) return;
          this.#lastQuarantine = notice;
          this.#options.log.warn({ notice }, 'the standby put entries of its own aside');
        }),
      replied: (reply) => current(() => this.#questions.replied(reply)),
      surveyed: (answer) => current(() => this.#surveyed?.(answer)),
      tick: () =>
        current(() => this.#note(books.checkProgress(this.#book, this.#clock.now(), this.#silenceMs))),
    };
  }

  #lose(error: TandemError): void {
    const { code, message, hint } = error;
    if (this.#lastError?.message !== message)
      this.#options.log.warn({ code, hint }, `link to the standby: ${message}`);
    this.#lastError = { code, message, hint, at: this.#clock.wall() };
    this.#note(books.lost(this.#book, message));
    this.#waiters.giveUp();
    this.#surveyed?.({ failed: 'the link was lost' });
    this.#questions.giveUp('the link was lost');
    this.#enter('waiting');
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#clock.after(ms, () => this.#wake());
      this.#wake = () => {
        this.#wake = () => {};
        cancel();
        resolve();
      };
    });
  }

  /** What is committed in one turn of the event loop travels together. */
  #pumpSoon(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    setImmediate(() => {
      this.#pumping = false;
      this.#conversation?.pump();
    });
  }

  #note(book: books.Book): void {
    this.#book = book;
    this.#tell();
  }

  #enter(state: SenderStatus['state']): void {
    this.#state = state;
    this.#tell();
  }

  #tell(): void {
    const now = `${this.#state} ${books.isProtected(this.#book)}`;
    if (now === this.#told) return;
    this.#told = now;
    if (this.#listeners.size === 0) return;
    const { status } = this;
    for (const listener of [...this.#listeners]) listener(status);
  }

  get #silenceMs(): number {
    return this.#options.silenceMs ?? 3_000;
  }

  #ageOfOldest(): number {
    const oldest = this.#options.store.entryAt((this.#book.acknowledged?.sequence ?? 0) + 1);
    return oldest === undefined ? 0 : Math.max(0, this.#clock.wall() - oldest.timeMs);
  }

  #unsentBytes(): number {
    const sent = this.#conversation?.sent ?? this.#book.acknowledged?.sequence ?? 0;
    return this.#options.store.bytesAfter(sent) + (this.#stream?.unsentBytes ?? 0);
  }
}
