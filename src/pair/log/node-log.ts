import { z } from 'zod';
import { TandemError } from '../../core/errors.ts';
import type { Privileged } from '../../privileged/privileged.ts';
import { chooseLines, type LogLine, type LogWish, logLevels, logProcesses } from './log-line.ts';

/** So far back a search goes. */
const mostRead = 20_000;
export const mostLines = 1_000;
const answerTimeoutMs = 10_000;
const question = 'log.read';

const wishSchema: z.ZodType<LogWish> = z.strictObject({
  least: z.enum(logLevels),
  process: z.enum([...logProcesses, 'all']),
  search: z.string().max(200),
  most: z.int().min(1).max(mostLines),
});
const linesSchema: z.ZodType<LogLine[]> = z
  .array(
    z.strictObject({
      at: z.string(),
      process: z.enum(logProcesses),
      level: z.enum(logLevels),
      text: z.string(),
    }),
  )
  .max(mostLines);

interface NodeLogParts {
  readonly name: string;
  readonly privileged: Pick<Privileged, 'readLog'>;
  readonly peer: () => { readonly name: string } | undefined;
  /** Only the active node can ask the other one. */
  readonly link: () => { ask(ask: string, body: unknown, timeoutMs: number): Promise<unknown> } | undefined;
}

/** What the processes of a node logged: of this one, or over the link of the other one. */
export class NodeLog {
  readonly #parts: NodeLogParts;

  constructor(parts: NodeLogParts) {
    this.#parts = parts;
  }

  /** Whether `answer` is to be asked. */
  static knows(ask: string): boolean {
    return ask === question;
  }

  /** Oldest first. @throws TandemError `supervisor.refused` */
  async own(wish: LogWish): Promise<LogLine[]> {
    return chooseLines(await this.#parts.privileged.readLog(mostRead), wish);
  }

  /** The name of the other node of the pair. */
  get peer(): string | undefined {
    return this.#parts.peer()?.name;
  }

  /** Of the other node. @throws TandemError `pair.log.unreachable` */
  async ofPeer(wish: LogWish): Promise<LogLine[]> {
    try {
      const answer = this.#parts.link()?.ask(question, wish, answerTimeoutMs);
      if (answer !== undefined) return linesSchema.parse(await answer);
    } catch (cause) {
      throw this.#unreachable(cause);
    }
    throw this.#unreachable();
  }

  /** The other node's side. */
  async answer(_ask: string, body: unknown): Promise<LogLine[]> {
    return this.own(wishSchema.parse(body));
  }

  #unreachable(cause?: unknown): TandemError {
    const peer = this.#parts.peer();
    return new TandemError({
      code: 'pair.log.unreachable',
      culprit: 'operator',
      message:
        peer === undefined
          ? `${this.#parts.name} is not paired: there is no other log.`
          : `The log of ${peer.name} cannot be read from ${this.#parts.name}${cause instanceof Error ? `: ${cause.message}` : ', which is not active'}.`,
      hint: `Open the page of ${peer?.name ?? 'the other node'} itself, or type there: journalctl -u tandem`,
      cause,
    });
  }
}
