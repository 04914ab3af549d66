import type { Duplex } from 'node:stream';
import type { TandemError } from '../../core/errors.ts';
import type { Greeting } from '../../core/replication/greeting.ts';
import type { SurveyAnswer } from '../../core/replication/messages.ts';
import type { Head, Position } from '../../core/replication/position.ts';
import type { Scope } from '../../core/replication/scope.ts';
import type { Survey, Verdict } from '../../core/replication/verdict.ts';
import { filterEntry } from '../../store/scope/filter.ts';
import type { ShapedColumn } from '../../store/scope/shape.ts';
import type { Store } from '../../store/store.ts';
import { type Clock, systemClock } from '../clock.ts';
import { linkError, toTandemError } from '../errors.ts';
import type { Log } from '../log.ts';
import { MessageStream } from '../message-stream.ts';
import { greetingOf, type Self } from '../self.ts';
import { Conversation } from '../sender/conversation.ts';

export interface FeedOptions {
  readonly store: Store;
  readonly self: Self;
  readonly scope: Scope;
  readonly followerName: string;
  readonly stream: Duplex;
  readonly log: Log;
  readonly clock?: Clock;
}

/** What the active knows of one follower's copy. */
export interface FeedStatus {
  readonly state: 'greeting' | 'snapshot' | 'tail' | 'ended';
  readonly peer: Pick<Greeting, 'nodeId' | 'nodeName' | 'product'> | undefined;
  /** Applied and synced there. */
  readonly acknowledged: Position | undefined;
  /** Wall clock, milliseconds since 1970. */
  readonly lastHeardAt: number;
  readonly unsentBytes: number;
  readonly ended: { readonly code: string; readonly message: string; readonly hint: string } | undefined;
}

const pingMs = 1_000;
const silenceMs = 5_000;
/** A whole copy is checked there before it is acknowledged. */
const verifyingMs = 120_000;

/** One connection of a follower, from its greeting to its end: entries as they are written, without what is outside the scope. */
export class Feed {
  readonly #options: FeedOptions;
  readonly #clock: Clock;
  readonly #stream: MessageStream;
  readonly #shapes = new Map<string, ShapedColumn[]>();
  readonly #conversation: Conversation;
  #status: FeedStatus;
  #surveyed: ((answer: SurveyAnswer) => void) | undefined;

  constructor(options: FeedOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#stream = new MessageStream(options.stream, this.#clock);
    this.#status = {
      state: 'greeting',
      peer: undefined,
      acknowledged: undefined,
      lastHeardAt: this.#clock.wall(),
      unsentBytes: 0,
      ended: undefined,
    };
    this.#conversation = this.#converse();
  }

  get status(): FeedStatus {
    return { ...this.#status, unsentBytes: this.#stream.unsentBytes };
  }

  /** Until the connection ends; resolves with why. */
  async run(): Promise<TandemError> {
    const { store } = this.#options;
    const unsubscribe = store.onChange(({ cause, entry }) => {
      // After an exchange of the whole file the history is another one: the follower greets anew.
      if (cause === 'replace') this.stop();
      else if (entry !== undefined) this.#conversation.committed(entry);
      this.#conversation.pump();
    });
    try {
      return await this.#conversation.run();
    } catch (cause) {
      const error = toTandemError(cause);
      const { code, message, hint } = error;
      this.#note({ state: 'ended', ended: { code, message, hint } });
      return error;
    } finally {
      unsubscribe();
      this.#surveyed?.({ failed: 'the link was lost' });
    }
  }

  /** Nothing more is sent from the moment this is called. */
  stop(): void {
    this.#stream.destroy();
  }

  surveyAt(head: Head, timeoutMs: number): Promise<Survey> | undefined {
    if (!this.#conversation.askToVerify(head)) return undefined;
    return new Promise((resolve, reject) => {
      const answer = (said: SurveyAnswer): void => {
        cancel();
        this.#surveyed = undefined;
        if ('survey' in said) resolve(said.survey);
        else
          reject(
            linkError('closed', `${this.#options.followerName} could not look at its copy: ${said.failed}`),
          );
      };
      const cancel = this.#clock.after(timeoutMs, () => answer({ failed: 'it did not answer' }));
      this.#surveyed = answer;
    });
  }

  tellVerdict(head: Head, verdict: Verdict): void {
    this.#stream.send({ kind: 'verdict', head, verdict });
  }

  #converse(): Conversation {
    const { store, self, scope, log, followerName } = this.#options;
    return new Conversation({
      store,
      stream: this.#stream,
      greeting: greetingOf(self, store, 'active', 'whatever'),
      clock: this.#clock,
      pingMs,
      silenceMs,
      verifyingMs,
      view: {
        entry: (entry) => filterEntry(entry, scope, (table) => this.#shapeOf(table)),
        copyTo: (path) => store.scopedCopyTo(path, scope),
      },
      events: {
        greeted: ({ nodeId, nodeName, product, head }, decision) => {
          log.info({ follower: followerName, head: head.position, decision }, 'a follower connected');
          this.#note({ peer: { nodeId, nodeName, product } });
        },
        seeding: () => this.#note({ state: 'snapshot' }),
        following: (acknowledged) => this.#note({ state: 'tail', acknowledged }),
        acknowledged: (acknowledged) => this.#note({ acknowledged }),
        quarantined: () => {},
        surveyed: (answer) => this.#surveyed?.(answer),
        heard: () => this.#note({}),
        tick: () => {},
      },
    });
  }

  #shapeOf(table: string): readonly ShapedColumn[] {
    const known = this.#shapes.get(table);
    if (known !== undefined) return known;
    const shape = this.#options.store.shapeOf(table);
    this.#shapes.set(table, shape);
    return shape;
  }

  #note(change: Partial<FeedStatus>): void {
    this.#status = { ...this.#status, ...change, lastHeardAt: this.#clock.wall() };
  }
}
