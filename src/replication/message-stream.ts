import type { Duplex } from 'node:stream';
import { FrameDecoder } from '../core/replication/frame.ts';
import type { Message } from '../core/replication/messages.ts';
import type { Clock } from './clock.ts';
import { decodeMessage, encodeMessage } from './codec.ts';
import { linkError } from './errors.ts';

/** How long the other side has to take what was written before the end. */
const lingerMs = 1_000;

/** Messages over any byte stream, with backpressure in both directions and an end to silence. */
export class MessageStream {
  readonly #stream: Duplex;
  readonly #clock: Clock;
  #failure: Error | undefined;

  constructor(stream: Duplex, clock: Clock) {
    this.#stream = stream;
    this.#clock = clock;
    stream.on('error', (error) => {
      this.#failure ??= error;
    });
  }

  /** Bytes written that the stream has not passed on. */
  get unsentBytes(): number {
    return this.#stream.writableLength;
  }

  /**
   * In one portion: an SSH channel encrypts and sends each by itself. False when the stream is full: wait for `drained` before
   * sending much more. After the end it does nothing.
   */
  send(...messages: readonly Message[]): boolean {
    if (this.#stream.destroyed || this.#stream.writableEnded) return false;
    const frames = messages.map(encodeMessage);
    const [first] = frames;
    return this.#stream.write(frames.length === 1 && first !== undefined ? first : Buffer.concat(frames));
  }

  /** Resolves when the stream takes more; rejects when it is over. */
  async drained(): Promise<void> {
    const stream = this.#stream;
    if (stream.destroyed) throw this.#end();
    if (!stream.writableNeedDrain) return;
    await new Promise<void>((resolve, reject) => {
      const done = (): void => {
        stream.off('drain', done);
        stream.off('close', done);
        if (stream.destroyed) reject(this.#end());
        else resolve();
      };
      stream.on('drain', done);
      stream.on('close', done);
    });
  }

  /**
   * What arrives, in the portions in which it arrives; nothing more is read until a portion was dealt with. Throws
   * `replication.link.*` at the end of the stream, on garbage, and when nothing is heard for `silenceMs()` while reading.
   */
  async *portions(silenceMs: () => number): AsyncGenerator<Message[], never> {
    const decoder = new FrameDecoder();
    // Not destroyed when reading ends: a last word may still have to go out.
    const chunks = this.#stream.iterator({ destroyOnReturn: false });
    try {
      for (;;) {
        const messages = [];
        for (const frame of decoder.push(await this.#read(chunks, silenceMs()))) {
          const decoded = decodeMessage(frame);
          if ('message' in decoded) messages.push(decoded.message);
          else if (decoded.fault !== 'ignore') {
            throw linkError(
              'garbled',
              `a frame of type ${frame.type} cannot be understood (${decoded.fault})`,
            );
          }
        }
        if (messages.length > 0) yield messages;
        if (decoder.fault !== undefined) {
          throw linkError('garbled', `the bytes that arrive are not what was sent (${decoder.fault})`);
        }
      }
    } finally {
      await chunks.return?.();
    }
  }

  /** Sends what was written and closes, after a while also when the other side neither takes it nor closes. */
  end(): void {
    const cancel = this.#clock.after(lingerMs, () => this.#stream.destroy());
    this.#stream.once('close', cancel);
    this.#stream.end();
    // What is never read would keep the stream open.
    this.#stream.resume();
  }

  destroy(): void {
    this.#stream.destroy();
  }

  async #read(chunks: AsyncIterator<unknown>, silenceMs: number): Promise<Uint8Array> {
    let waiting = true;
    const cancel = this.#clock.after(silenceMs, () => {
      // After a pause of this process, bytes that came meanwhile are read first: let them.
      setImmediate(() => {
        if (!waiting) return;
        this.#failure ??= linkError('silent', `nothing was heard for ${silenceMs} ms`);
        this.#stream.destroy();
      });
    });
    try {
      const next = await chunks.next();
      if (next.done === true || !(next.value instanceof Uint8Array)) throw this.#end();
      return next.value;
    } catch (error) {
      throw this.#failure === undefined ? this.#end(error) : this.#end();
    } finally {
      waiting = false;
      cancel();
    }
  }

  #end(cause?: unknown): Error {
    const why = this.#failure ?? cause;
    if (why instanceof Error && 'hint' in why) return why;
    const because = why instanceof Error && !isPlainEnd(why) ? `: ${why.message}` : '';
    return linkError('closed', `the link was closed${because}`, why);
  }
}

function isPlainEnd(error: Error): boolean {
  return 'code' in error && (error.code === 'ERR_STREAM_PREMATURE_CLOSE' || error.code === 'ABORT_ERR');
}
