import { Worker } from 'node:worker_threads';
import type { Head } from '../../core/replication/position.ts';
import type { Scope } from '../../core/replication/scope.ts';
import type { Survey } from '../../core/replication/verdict.ts';
import type { Baseline } from './survey.ts';

export interface ReaderSetup {
  readonly path: string;
  readonly follower: boolean;
  /** One 32-bit number; 1 ends a survey that runs. */
  readonly flag: SharedArrayBuffer;
}

export type ReaderRequest =
  | { readonly ask: 'begin' }
  | { readonly ask: 'survey'; readonly baseline: Baseline | undefined; readonly scope: Scope | undefined };

export type ReaderAnswer = { readonly head: Head } | { readonly survey: Survey } | { readonly error: string };

/** Reads everything of a database at one moment while it is being written to, beside the main thread. */
export class ContentsReader {
  readonly #worker: Worker;
  readonly #flag: Int32Array;
  #waiting: { resolve: (answer: ReaderAnswer) => void; reject: (error: Error) => void } | undefined;
  #ended: Error | undefined;

  constructor(path: string, options: { follower: boolean }) {
    const flag = new SharedArrayBuffer(4);
    this.#flag = new Int32Array(flag);
    const workerData: ReaderSetup = { path, follower: options.follower, flag };
    this.#worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData });
    this.#worker.on('message', (answer: ReaderAnswer) => {
      const waiting = this.#waiting;
      this.#waiting = undefined;
      waiting?.resolve(answer);
    });
    this.#worker.once('error', (error: Error) => this.#end(error));
    this.#worker.once('exit', () => this.#end(new Error('the reader has ended')));
  }

  /** Takes the moment to read at: the newest entry in it. Called again, a later one. */
  async begin(): Promise<Head> {
    const answer = await this.#ask({ ask: 'begin' });
    if ('head' in answer) return answer.head;
    throw new Error('error' in answer ? answer.error : 'not an answer');
  }

  /** What is there at that moment. Rejects when it was closed meanwhile. */
  async survey(baseline: Baseline | undefined, scope?: Scope): Promise<Survey> {
    const answer = await this.#ask({ ask: 'survey', baseline, scope });
    if ('survey' in answer) return answer.survey;
    throw new Error('error' in answer ? answer.error : 'not an answer');
  }

  /** Lets go of the file; resolves when it has. */
  async close(): Promise<void> {
    if (this.#ended !== undefined) return;
    Atomics.store(this.#flag, 0, 1);
    const gone = new Promise<void>((resolve) => {
      this.#worker.once('exit', () => resolve());
    });
    this.#worker.postMessage('close');
    await gone;
  }

  #ask(request: ReaderRequest): Promise<ReaderAnswer> {
    return new Promise((resolve, reject) => {
      if (this.#ended !== undefined) {
        reject(this.#ended);
        return;
      }
      this.#waiting = { resolve, reject };
      this.#worker.postMessage(request);
    });
  }

  #end(error: Error): void {
    this.#ended ??= error;
    this.#waiting?.reject(error);
    this.#waiting = undefined;
  }
}
