import { TandemError } from '../../core/errors.ts';
import type { Dialogue } from './wizard.ts';

const interruptKey = '\u0003';
const endKey = '\u0004';
const backspaces: ReadonlySet<string> = new Set(['\u007f', '\b']);

/**
 * Plain lines on standard input and output, for a person and for a pipe alike. What is secret is not shown on a terminal
 * while it is typed.
 */
export class Terminal implements Dialogue {
  #pending = '';
  #ended = false;
  #interrupted = false;
  #wake: (() => void) | undefined;
  readonly #read = (chunk: string): void => {
    this.#pending += chunk;
    this.#wake?.();
  };
  readonly #finish = (): void => {
    this.#ended = true;
    this.#wake?.();
  };

  readonly #interrupt = (): void => {
    this.#interrupted = true;
    this.#wake?.();
  };

  constructor() {
    process.on('SIGINT', this.#interrupt);
    process.stdin.setEncoding('utf8');
    process.stdin.on('data', this.#read);
    process.stdin.on('end', this.#finish);
  }

  say(text: string): void {
    process.stdout.write(`${text}\n`);
  }

  async line(prompt: string, secret: boolean): Promise<string | undefined> {
    if (secret && process.stdin.isTTY) return this.#hiddenLine(prompt);
    process.stdout.write(prompt);
    const line = await this.#plainLine();
    // Nobody typed a line's end where a pipe answers.
    if (!process.stdin.isTTY) process.stdout.write('\n');
    return line;
  }

  close(): void {
    process.off('SIGINT', this.#interrupt);
    process.stdin.off('data', this.#read);
    process.stdin.off('end', this.#finish);
    process.stdin.pause();
  }

  async #plainLine(): Promise<string | undefined> {
    for (;;) {
      const end = this.#pending.indexOf('\n');
      if (end !== -1) {
        const line = this.#pending.slice(0, end).replace(/\r$/, '');
        this.#pending = this.#pending.slice(end + 1);
        return line;
      }
      if (this.#ended) {
        const rest = this.#pending;
        this.#pending = '';
        return rest === '' ? undefined : rest;
      }
      await this.#more();
    }
  }

  async #hiddenLine(prompt: string): Promise<string | undefined> {
    // Before the prompt: whoever answers it at once is not shown either.
    process.stdin.setRawMode(true);
    process.stdout.write(prompt);
    let line = '';
    try {
      for (;;) {
        const [key = ''] = this.#pending;
        this.#pending = this.#pending.slice(key.length);
        if (key === '') {
          if (this.#ended) return undefined;
          await this.#more();
        } else if (key === '\r' || key === '\n') return line;
        else if (key === endKey) return undefined;
        else if (key === interruptKey) throw interrupted();
        else if (backspaces.has(key)) line = line.slice(0, -1);
        else line += key;
      }
    } finally {
      process.stdin.setRawMode(false);
      process.stdout.write('\n');
    }
  }

  async #more(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    if (this.#interrupted) throw interrupted();
  }
}

function interrupted(): TandemError {
  return new TandemError({
    code: 'setup.interrupted',
    culprit: 'caller',
    message: 'Interrupted. Nothing was changed.',
    hint: 'Run it again when you are ready: tandem init',
  });
}
