import { chmod, mkdir, rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';
import type { Duplex } from 'node:stream';
import { TandemError } from '../../core/errors.ts';
import type { SessionNotice } from '../../core/recall/session-fact.ts';
import type { Greeting } from '../../core/replication/greeting.ts';
import type { Position } from '../../core/replication/position.ts';
import { standbyFetchesAnew } from '../../core/replication/verdict.ts';
import { ApplyError, isSqliteError, sqliteCorrupt } from '../../store/errors.ts';
import type { Store } from '../../store/store.ts';
import { type Clock, systemClock } from '../clock.ts';
import { linkError, toTandemError } from '../errors.ts';
import type { Log } from '../log.ts';
import { MessageStream } from '../message-stream.ts';
import type { Quarantined } from '../quarantine.ts';
import { greetingOf, type Self } from '../self.ts';
import type { Verification } from '../verification/verification.ts';
import { removeIncoming } from './incoming.ts';
import { Intake } from './intake.ts';

export interface ReceiverOptions {
  readonly store: Store;
  readonly self: Self;
  /** Asked at every greeting: an active node takes nothing. */
  readonly role: () => 'active' | 'standby';
  /** Undefined where connections are made from here: `open`, then `accept`. */
  readonly socketPath: string | undefined;
  /** Undefined where nothing is this node's own: what a whole copy replaces is not put aside. */
  readonly quarantineDirectory: string | undefined;
  readonly log: Log;
  /** Who is connected to the active; as it is told, to be forgotten. */
  readonly onSessions?: (notice: SessionNotice) => void;
  /** What the active asks of this node beside the data. */
  readonly onQuestion?: (ask: string, body: unknown) => Promise<unknown>;
  /** Looks at this node's copy when the active asks, and hears what came of it. */
  readonly verification?: Verification;
  readonly clock?: Clock;
  /** Default 3000. */
  readonly silenceMs?: number;
}

/** What the standby has observed. Times are wall clock, milliseconds since 1970. */
export interface ReceiverStatus {
  readonly state: 'closed' | 'waiting' | 'greeting' | 'choice' | 'snapshot' | 'tail';
  /** The active that sends, or sent last. */
  readonly sender:
    | { readonly nodeId: string; readonly nodeName: string; readonly product: string }
    | undefined;
  readonly position: Position;
  /** When something was last applied. */
  readonly lastAppliedAt: number | undefined;
  readonly lastQuarantine: Quarantined | undefined;
  readonly lastError:
    | { readonly code: string; readonly message: string; readonly hint: string; readonly at: number }
    | undefined;
}

/** Takes the active's entries, on a unix socket that the other node reaches through sshd and the bridge. */
export class Receiver {
  readonly #options: ReceiverOptions;
  readonly #clock: Clock;
  readonly #sockets = new Set<Socket>();
  readonly #connections = new Map<Intake, Promise<void>>();
  #server: Server | undefined;
  #current: Intake | undefined;
  #state: ReceiverStatus['state'] = 'closed';
  #sender: Greeting | undefined;
  #lastAppliedAt: number | undefined;
  #lastQuarantine: Quarantined | undefined;
  #lastError: ReceiverStatus['lastError'];
  /** Our copy cannot be continued: the next greeting asks for a whole one. */
  #wantsSnapshot = false;

  constructor(options: ReceiverOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  /** May be called again after `close`. Throws `replication.socket-in-use`. */
  async listen(): Promise<void> {
    const { socketPath } = this.#options;
    if (this.#server !== undefined) return;
    if (socketPath === undefined) {
      await this.open();
      return;
    }
    await mkdir(dirname(socketPath), { recursive: true });
    await removeStaleSocket(socketPath);
    await removeIncoming(this.#options.store);
    const server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
      void this.accept(socket);
    });
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(socketPath, resolve);
    });
    await chmod(socketPath, 0o660);
    this.#state = 'waiting';
  }

  /** Takes what `accept` is given, without listening anywhere. */
  async open(): Promise<void> {
    await removeIncoming(this.#options.store);
    this.#state = 'waiting';
  }

  /** From the moment this is called nothing more is applied (DESIGN, "Life of a takeover", step 3). */
  async close(): Promise<void> {
    this.#state = 'closed';
    for (const intake of this.#connections.keys()) intake.stop();
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    // A takeover waits for this: no connection, however it ended, may hold it up.
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
  }

  /** Fetches a whole copy from the active, whatever is here. */
  reseed(): void {
    this.#wantsSnapshot = true;
    this.#current?.stop();
  }

  /** One connection from its greeting to its end. Never rejects: why it ended is in `status`. Refused while closed. */
  async accept(stream: Duplex): Promise<void> {
    if (this.#state === 'closed') {
      stream.destroy();
      return;
    }
    const intake = this.#intakeFor(stream);
    const running = intake
      .run()
      .catch((error: unknown) => this.#ended(intake, error))
      .finally(() => this.#connections.delete(intake));
    this.#connections.set(intake, running);
    await running;
  }

  get status(): ReceiverStatus {
    const sender = this.#sender;
    return {
      state: this.#state,
      sender: sender && { nodeId: sender.nodeId, nodeName: sender.nodeName, product: sender.product },
      position: this.#options.store.position,
      lastAppliedAt: this.#lastAppliedAt,
      lastQuarantine: this.#lastQuarantine,
      lastError: this.#lastError,
    };
  }

  #intakeFor(stream: Duplex): Intake {
    const { store, self, role, quarantineDirectory, silenceMs, log } = this.#options;
    const intake: Intake = new Intake({
      store,
      stream: new MessageStream(stream, this.#clock),
      silenceMs: silenceMs ?? 3_000,
      quarantineDirectory,
      wallMs: () => this.#clock.wall(),
      self: () => greetingOf(self, store, role(), this.#wantsSnapshot ? 'snapshot' : 'whatever'),
      takeTurn: () => this.#takeTurn(intake),
      onAdmitted: (sender) => {
        this.#current = intake;
        this.#sender = sender;
        log.info({ active: sender.nodeName, head: sender.head.position }, 'the active node connected');
      },
      onPhase: (phase) => {
        if (this.#current !== intake || phase === 'over' || this.#state === 'closed') return;
        this.#state = phase;
        if (phase === 'tail') this.#lastError = undefined;
      },
      onApplied: () => {
        this.#lastAppliedAt = this.#clock.wall();
      },
      onQuarantined: (what) => {
        this.#lastQuarantine = what;
        log.warn({ what }, 'entries that only this node had were put aside');
      },
      onSessions: (notice) => {
        if (this.#current === intake) this.#options.onSessions?.(notice);
      },
      onQuestion: (ask, body) => this.#asked(intake, ask, body),
      lastQuarantine: () => this.#lastQuarantine,
      onVerify: async (head, reply) => {
        if (this.#options.verification === undefined) reply({ failed: 'it does not keep account' });
        else await this.#options.verification.answer(head, reply);
      },
      onVerdict: (verdict) => {
        if (this.#current !== intake) return;
        this.#options.verification?.hear(verdict, this.#sender?.nodeName ?? 'the active node');
        if (standbyFetchesAnew(verdict)) this.reseed();
      },
      beforeReplace: async () => this.#options.verification?.beforeReplace(),
      onInstalled: () => {
        this.#wantsSnapshot = false;
        this.#options.verification?.replaced();
        log.info({ position: store.position }, 'a whole copy is in place');
      },
    });
    return intake;
  }

  async #asked(intake: Intake, ask: string, body: unknown): Promise<unknown> {
    const { onQuestion } = this.#options;
    if (this.#current !== intake || onQuestion === undefined)
      throw linkError('garbled', 'nobody answers here');
    return onQuestion(ask, body);
  }

  /** The newest sender counts: an older connection may be one whose other end is long gone. */
  async #takeTurn(intake: Intake): Promise<void> {
    for (const [other, ended] of [...this.#connections]) {
      if (other === intake || !other.admitted) continue;
      other.stop();
      await ended;
    }
  }

  #ended(intake: Intake, cause: unknown): void {
    const error = toTandemError(cause);
    // The same data on both nodes would have taken it: ours is not what it should be.
    const cannotGoOn =
      error instanceof ApplyError && (error.fault === 'conflict' || error.fault === 'changeset');
    if (cannotGoOn || isSqliteError(error.cause, sqliteCorrupt)) {
      this.#wantsSnapshot = true;
      this.#options.verification?.foundDamaged(error.message);
    }
    if (this.#state === 'closed' || intake.called) return;
    const { code, message, hint } = error;
    this.#lastError = { code, message, hint, at: this.#clock.wall() };
    this.#options.log.warn({ code, hint }, `link from the active: ${message}`);
    if (this.#current === intake) {
      this.#current = undefined;
      this.#state = 'waiting';
    }
  }
}

/** A socket file of a server that died is removed; one that answers is somebody else's. */
async function removeStaleSocket(path: string): Promise<void> {
  const socket: Socket = connect(path);
  const answered = await new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
  });
  socket.destroy();
  if (answered) {
    throw new TandemError({
      code: 'replication.socket-in-use',
      culprit: 'operator',
      message: `another server already listens on ${path}`,
      hint: 'Only one server runs on a node: `systemctl status tandem` shows it.',
    });
  }
  await rm(path, { force: true });
}
