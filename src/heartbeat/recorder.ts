import { createWriteStream, openSync, renameSync, type WriteStream } from 'node:fs';
import type { Instant } from '../core/time/instant.ts';
import type { Input } from '../core/vrrp/inputs.ts';
import type { State } from '../core/vrrp/state.ts';
import type { Logger } from './log.ts';
import { encodeLine, RECORDING_VERSION } from './recording.ts';

/** A full file is kept as FILE.1 and a new one begun, so that a recording never takes more than twice this. */
const LONGEST_FILE_BYTES = 16 * 1024 * 1024;
/** More than this waiting for the disk ends the recording: it must never hold up an advertisement. */
const MOST_BYTES_WAITING = 4 * 1024 * 1024;

/** Writes every input of the protocol to a file, without ever waiting for it. */
export class Recorder {
  readonly #file: string;
  readonly #log: Logger;
  #stream: WriteStream | undefined;
  #written = 0;

  /** Throws when the file cannot be made. */
  constructor(file: string, log: Logger) {
    this.#file = file;
    this.#log = log;
    this.#stream = this.#create();
  }

  /** `state` is that before `input`. */
  write(state: State, at: Instant, input: Input): void {
    if (this.#stream === undefined) return;
    if (this.#written > LONGEST_FILE_BYTES) this.#rotate();
    if (this.#written === 0) this.#line(encodeLine({ recording: RECORDING_VERSION, at, state }));
    this.#line(encodeLine({ at, input }));
  }

  async close(): Promise<void> {
    const stream = this.#stream;
    this.#stream = undefined;
    if (stream !== undefined) await new Promise<void>((resolve) => stream.end(() => resolve()));
  }

  #line(text: string): void {
    const stream = this.#stream;
    if (stream === undefined) return;
    stream.write(text);
    this.#written += text.length;
    if (stream.writableLength > MOST_BYTES_WAITING) this.#giveUp('the disk is too slow');
  }

  #rotate(): void {
    this.#stream?.end();
    try {
      renameSync(this.#file, `${this.#file}.1`);
      this.#stream = this.#create();
      this.#written = 0;
    } catch (error) {
      this.#giveUp((error as Error).message);
    }
  }

  #create(): WriteStream {
    const stream = createWriteStream(this.#file, { fd: openSync(this.#file, 'w', 0o600) });
    stream.on('error', (error) => this.#giveUp(error.message));
    return stream;
  }

  #giveUp(reason: string): void {
    this.#stream?.destroy();
    this.#stream = undefined;
    this.#log.error({ event: 'recording-ended' }, `Recording to ${this.#file} ended: ${reason}.`);
  }
}
