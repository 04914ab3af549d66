import { Writable } from 'node:stream';

const mostLines = 1_000;
const longestLine = 4_000;

/** The last lines that the server of this node logged, in memory. */
export class LogTail extends Writable {
  #lines: string[] = [];

  constructor() {
    super({ decodeStrings: false });
  }

  override _write(chunk: string | Buffer, _encoding: BufferEncoding, done: () => void): void {
    for (const line of String(chunk).split('\n'))
      if (line !== '') this.#lines.push(line.slice(0, longestLine));
    if (this.#lines.length > mostLines) this.#lines = this.#lines.slice(-mostLines);
    done();
  }

  /** Oldest first. */
  last(count: number): readonly string[] {
    return this.#lines.slice(-count);
  }
}
