import { createConnection, type Socket } from 'node:net';
import { z } from 'zod';
import { TandemError } from '../core/errors.ts';
import { readJsonLines } from './json-lines.ts';

const reconnectMs = 100;
const questionEveryMs = 500;
const statusTimeoutMs = 500;
const changeTimeoutMs = 3_000;
const maintenanceTimeoutMs = 15_000;
/** A heartbeat that is silent for so long is taken for frozen: its lease on the address has ended or is about to. */
const longestSilenceMs = 2_000;

/** What the server needs of the heartbeat's status object; the rest is passed on to who asks for it. */
export interface HeartbeatStatus {
  readonly state: 'init' | 'standby' | 'active' | 'fault';
  readonly since: string;
  readonly sentence: string;
  readonly peers: readonly { readonly address: string; readonly lastHeardMs?: number | null | undefined }[];
  readonly virtualAddresses: readonly { readonly address: string; readonly held: boolean }[];
  /** How it takes part; undefined from a heartbeat that does not say. */
  readonly standing?: 'serve' | 'last' | 'follow' | 'never' | undefined;
  readonly effectivePriority?: { readonly reasons: readonly string[] } | undefined;
  /** What is wrong although the state is right; each a sentence. */
  readonly warnings: readonly string[];
  /** A change that both nodes take, while it is under way. */
  readonly change?: { readonly phase: 'prepared' | 'committed' } | null | undefined;
}

const statusSchema: z.ZodType<HeartbeatStatus> = z.looseObject({
  state: z.enum(['init', 'standby', 'active', 'fault']),
  since: z.string(),
  sentence: z.string(),
  peers: z.array(z.looseObject({ address: z.string(), lastHeardMs: z.number().nullish() })),
  virtualAddresses: z.array(z.looseObject({ address: z.string(), held: z.boolean() })),
  standing: z.enum(['serve', 'last', 'follow', 'never']).optional(),
  effectivePriority: z.looseObject({ reasons: z.array(z.string()) }).optional(),
  warnings: z.array(z.string()),
  change: z.looseObject({ phase: z.enum(['prepared', 'committed']) }).nullish(),
});

interface Transition {
  readonly to: HeartbeatStatus['state'];
  readonly cause: string;
}

const transitionSchema: z.ZodType<Transition> = z.looseObject({
  event: z.literal('transition'),
  to: z.enum(['init', 'standby', 'active', 'fault']),
  cause: z.string(),
});

export interface Resignation {
  readonly ok: boolean;
  readonly successor?: string | undefined;
  readonly error?: { readonly message: string } | undefined;
}

const resignationSchema: z.ZodType<Resignation> = z.looseObject({
  ok: z.boolean(),
  successor: z
    .string()
    .nullish()
    .transform((value) => value ?? undefined),
  error: z.looseObject({ message: z.string() }).optional(),
});

const outcomeSchema = z.looseObject({
  ok: z.boolean(),
  error: z.looseObject({ code: z.string(), message: z.string(), hint: z.string().optional() }).optional(),
});

export interface ServiceReport {
  readonly healthy: boolean;
  readonly reason: string;
  /** Without another report after so long the service counts as broken. */
  readonly ttlMs: number;
  /** Whether the other node is ready to serve. */
  readonly successor: boolean;
}

/** Follows the heartbeat over its control socket; the state it is in is reported at every change and twice a second. */
export class HeartbeatClient {
  readonly #socketPath: string;
  readonly #onState: (state: HeartbeatStatus['state'], cause: string) => void;
  #socket: Socket | undefined;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;
  #resting = false;
  #subscribed = false;
  #askedAt: number | undefined;

  constructor(socketPath: string, onState: (state: HeartbeatStatus['state'], cause: string) => void) {
    this.#socketPath = socketPath;
    this.#onState = onState;
  }

  start(): void {
    this.#resting = false;
    if (this.#stopped || this.#socket !== undefined) return;
    const socket = createConnection(this.#socketPath);
    this.#socket = socket;
    this.#askedAt = undefined;
    const questions = setInterval(() => this.#question(socket), questionEveryMs);
    socket.on('connect', () => socket.write('{"command":"subscribe"}\n'));
    readJsonLines(socket, (value) => this.#hear(value));
    socket.on('error', () => {});
    socket.on('close', () => {
      clearInterval(questions);
      this.#socket = undefined;
      // A heartbeat that is gone took the address with it.
      if (this.#subscribed) this.#onState('init', 'the heartbeat of this node is gone or frozen');
      this.#subscribed = false;
      if (!this.#stopped && !this.#resting) this.#timer = setTimeout(() => this.start(), reconnectMs);
    });
  }

  /** The node is in no pair any more: nothing is heard until `start` is called again. */
  rest(): void {
    clearTimeout(this.#timer);
    this.#resting = true;
    this.#subscribed = false;
    this.#socket?.destroy();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#socket?.destroy();
  }

  /** @throws TandemError `heartbeat.unreachable` when it does not run or does not answer at once. */
  async status(): Promise<HeartbeatStatus> {
    return statusSchema.parse(await this.#ask({ command: 'status' }, statusTimeoutMs));
  }

  /** Leaves the active role; answers who took over, or that nobody did and this node took it back. */
  async resign(timeoutMs: number): Promise<Resignation> {
    return resignationSchema.parse(await this.#ask({ command: 'resign', timeoutMs }, timeoutMs + 2_000));
  }

  /** What this node's service says about itself; without a heartbeat to tell it to, it is not told. */
  report(report: ServiceReport): void {
    if (this.#subscribed) this.#socket?.write(`${JSON.stringify({ command: 'report', ...report })}\n`);
  }

  /** Whether the copy here has every change, as far as this node knows; not told without a heartbeat to tell it to. */
  copyInSync(inSync: boolean): void {
    if (this.#subscribed) this.#socket?.write(`${JSON.stringify({ command: 'copy', inSync })}\n`);
  }

  /** It takes over whatever the copy here is, as soon as it is sure that nobody serves. @throws TandemError */
  async claim(): Promise<void> {
    this.#refused(outcomeSchema.parse(await this.#ask({ command: 'claim' }, statusTimeoutMs)));
  }

  /** From now on this node takes over only if nobody else serves, or as any other again; it outlives a restart. */
  async maintenance(on: boolean): Promise<Resignation> {
    return resignationSchema.parse(await this.#ask({ command: 'maintenance', on }, maintenanceTimeoutMs));
  }

  /**
   * A step of a change that both nodes take (docs/adr/0011-two-forms-of-one-router.md).
   * @throws TandemError `heartbeat.unreachable`, or what the heartbeat refuses with
   */
  async change(
    step:
      | {
          readonly command: 'prepare';
          readonly change: Readonly<Record<string, unknown>>;
          readonly timeoutMs: number;
        }
      | { readonly command: 'commit'; readonly keepOldMs: number }
      | { readonly command: 'rollback' },
  ): Promise<void> {
    this.#refused(outcomeSchema.parse(await this.#ask(step, changeTimeoutMs)));
  }

  #refused({ ok, error }: z.infer<typeof outcomeSchema>): void {
    if (ok) return;
    throw new TandemError({
      code: error?.code ?? 'heartbeat.change.not-now',
      culprit: 'operator',
      message: `The heartbeat of this node refused it: ${error?.message ?? 'without a reason'}.`,
      hint: error?.hint ?? 'See: tandem status',
    });
  }

  /** Asks for the status again and again: a frozen heartbeat keeps its sockets but answers nothing. */
  #question(socket: Socket): void {
    const askedAt = this.#askedAt;
    if (askedAt === undefined) {
      this.#askedAt = performance.now();
      socket.write('{"command":"status"}\n');
      return;
    }
    if (performance.now() - askedAt < longestSilenceMs) return;
    // Should this very process have been held up, the answer may lie unread: it is read before the verdict.
    setImmediate(() => {
      if (this.#askedAt === askedAt) socket.destroy();
    });
  }

  #hear(value: unknown): void {
    this.#subscribed = true;
    this.#askedAt = undefined;
    const transition = transitionSchema.safeParse(value);
    if (transition.success) {
      this.#onState(transition.data.to, transition.data.cause);
      return;
    }
    const status = statusSchema.safeParse(value);
    if (status.success) this.#onState(status.data.state, status.data.sentence);
  }

  #ask(request: object, timeoutMs: number): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const socket = createConnection(this.#socketPath);
      const fail = (cause: Error): void => {
        socket.destroy();
        reject(
          new TandemError({
            code: 'heartbeat.unreachable',
            culprit: 'operator',
            message: `The heartbeat of this node does not answer on ${this.#socketPath}: ${cause.message}`,
            hint: 'Look at the log: journalctl -u tandem',
            cause,
          }),
        );
      };
      socket.setTimeout(timeoutMs, () => fail(new Error(`no answer within ${timeoutMs} ms`)));
      socket.on('error', fail);
      socket.on('close', () => fail(new Error('it closed the connection')));
      readJsonLines(socket, (value) => {
        socket.removeAllListeners('close');
        socket.end();
        resolve(value);
      });
      socket.write(`${JSON.stringify(request)}\n`);
    });
  }
}
