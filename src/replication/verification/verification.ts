import type { SurveyAnswer } from '../../core/replication/messages.ts';
import { formatPosition, type Head } from '../../core/replication/position.ts';
import type { Scope } from '../../core/replication/scope.ts';
import { judge, type Survey, type Verdict, verdictInWords } from '../../core/replication/verdict.ts';
import { ContentsReader } from '../../store/contents/reader.ts';
import type { Baseline } from '../../store/contents/survey.ts';
import type { Store } from '../../store/store.ts';
import type { Log } from '../log.ts';
import { keepAside } from './keep-aside.ts';
import { type Outcome, type Records, readRecords, writeRecords } from './records.ts';

export interface VerificationOptions {
  readonly store: Store;
  readonly nodeName: string;
  /** Where it remembers; in the folder of the database. */
  readonly recordsPath: string;
  /** Where bad copies are kept. */
  readonly asideDirectory: string;
  /** Its entries carry the hashes of their source. */
  readonly follower?: boolean;
  readonly log: Log;
  readonly wallMs: () => number;
}

/** What the active needs of the other side to compare with it. */
export interface Counterpart {
  readonly name: string;
  surveyAt(head: Head, timeoutMs: number): Promise<Survey> | undefined;
  tellVerdict(head: Head, verdict: Verdict): void;
}

const surveyTimeoutMs = 300_000;
/** So often a later moment is taken, where entries go out faster than the reader begins. */
const mostAttempts = 50;

/** Keeps account of whether this node's copy is what it should be. Nothing of it waits in the way of a write. */
export class Verification {
  readonly #options: VerificationOptions;
  #records: Records;
  #reader: ContentsReader | undefined;
  /** Grows with each exchange of the file: what was read before says nothing about what is there now. */
  #file = 0;

  constructor(options: VerificationOptions) {
    this.#options = options;
    this.#records = readRecords(options.recordsPath);
  }

  get last(): Outcome | undefined {
    return this.#records.last;
  }

  /** What is wrong with this node's copy, since it was found and until it is replaced. */
  get damaged(): string | undefined {
    return this.#records.damaged;
  }

  get incident(): Records['incident'] {
    return this.#records.incident;
  }

  /** The three of them, for a status. */
  get report(): {
    readonly verification: Outcome | undefined;
    readonly damaged: string | undefined;
    readonly incident: Records['incident'];
  } {
    const { last: verification, damaged, incident } = this;
    return { verification, damaged, incident };
  }

  /** On the active: compares with the other side, at one position of both. Never rejects. */
  async compareWith(other: Counterpart): Promise<Outcome> {
    const { nodeName } = this.#options;
    try {
      const { own, head, theirs } = await this.#withReader((reader) => this.#surveyBoth(reader, other));
      const verdict = judge(own, theirs);
      other.tellVerdict(head, verdict);
      return this.#concluded(verdict, own, verdictInWords(verdict, nodeName, other.name), 'active');
    } catch (error) {
      return this.#failed(error);
    }
  }

  /**
   * On the active: compares a follower with what it should have. A difference says nothing about this node's copy: the
   * follower fetches anew. Rejects when it could not be done.
   */
  async compareFollower(other: Counterpart, scope: Scope): Promise<Verdict> {
    const reader = new ContentsReader(this.#options.store.path, { follower: false });
    try {
      const { head, own, theirs } = await this.#surveyBoth(reader, other, scope);
      const verdict = judge({ ...own, faults: [] }, theirs);
      other.tellVerdict(head, verdict);
      return verdict;
    } finally {
      await reader.close();
    }
  }

  /** Looks at the own copy alone. Never rejects. */
  async lookAlone(): Promise<Outcome> {
    try {
      const own = await this.#withReader(async (reader) => {
        await reader.begin();
        return reader.survey(this.#baseline);
      });
      const { nodeName } = this.#options;
      const sound = own.faults.length === 0;
      if (sound) {
        const sentence = `The copy on ${nodeName} is sound by itself; there was no other to compare with.`;
        return this.#note({ ...this.#records, baseline: baselineOf(own) }, 'sound', own, sentence);
      }
      const sentence = `The copy on ${nodeName} is DAMAGED: ${own.faults.join('; ')}.`;
      this.foundDamaged(sentence);
      return this.#note(this.#records, 'different', own, sentence);
    } catch (error) {
      return this.#failed(error);
    }
  }

  /** On the standby: takes the moment to look at, which must be `head`, and answers when it has looked. */
  async answer(head: Head, reply: (answer: SurveyAnswer) => void): Promise<void> {
    const begun = Promise.withResolvers<void>();
    void this.#withReader(async (reader) => {
      const moment = await reader.begin();
      begun.resolve();
      if (moment.hash !== head.hash) throw new Error('it is at another entry');
      return reader.survey(this.#baseline);
    })
      .then((survey) => {
        this.#mine = survey;
        reply({ survey });
      })
      .catch((error: unknown) => reply({ failed: error instanceof Error ? error.message : String(error) }))
      .finally(() => begun.resolve());
    await begun.promise;
  }

  #mine: Survey | undefined;

  /** On the standby: what came of it. */
  hear(verdict: Verdict, activeName: string): void {
    const mine = this.#mine;
    if (mine === undefined) return;
    this.#concluded(verdict, mine, verdictInWords(verdict, activeName, this.#options.nodeName), 'standby');
  }

  /** This node's copy cannot be trusted: the next one that replaces it leaves it aside. */
  foundDamaged(sentence: string): void {
    this.#options.log.warn({ sentence }, 'the copy on this node is not what it should be');
    this.#save({
      ...this.#records,
      damaged: sentence,
      incident: { atMs: this.#options.wallMs(), sentence },
    });
  }

  /** Lets go of the file, and keeps it when it is a bad one. */
  async beforeReplace(): Promise<void> {
    this.#file++;
    await this.#reader?.close();
    const { damaged, incident } = this.#records;
    if (damaged === undefined) return;
    const { store, asideDirectory, wallMs, log } = this.#options;
    try {
      const kept = await keepAside(store.path, asideDirectory, wallMs());
      this.#save({
        ...this.#records,
        incident: { ...(incident ?? { atMs: wallMs(), sentence: damaged }), kept },
      });
    } catch (error) {
      // A disk that has no room for the bad copy must not keep the good one out.
      log.warn({ err: error }, 'the bad copy could not be kept aside');
    }
  }

  /** The file is another one now. */
  replaced(): void {
    this.#file++;
    const { incident } = this.#records;
    this.#save({ incident });
  }

  async stop(): Promise<void> {
    this.#file++;
    await this.#reader?.close();
  }

  async #surveyBoth(
    reader: ContentsReader,
    other: Counterpart,
    scope?: Scope,
  ): Promise<{ head: Head; own: Survey; theirs: Survey }> {
    for (let attempt = 1; attempt <= mostAttempts; attempt++) {
      const head = await reader.begin();
      const asked = other.surveyAt(head, surveyTimeoutMs);
      if (asked === undefined) continue;
      const [own, theirs] = await Promise.all([reader.survey(this.#baseline, scope), asked]);
      return { head, own, theirs };
    }
    throw new Error(`${other.name} does not follow now`);
  }

  get #baseline(): Baseline | undefined {
    return this.#records.baseline;
  }

  /** One reader at a time: a newer one ends the one before. */
  async #withReader<Result>(use: (reader: ContentsReader) => Promise<Result>): Promise<Result> {
    const file = this.#file;
    await this.#reader?.close();
    const reader = new ContentsReader(this.#options.store.path, {
      follower: this.#options.follower ?? false,
    });
    this.#reader = reader;
    try {
      const result = await use(reader);
      if (file !== this.#file) throw new Error('the copy was replaced meanwhile');
      return result;
    } finally {
      await reader.close();
      if (this.#reader === reader) this.#reader = undefined;
    }
  }

  #concluded(verdict: Verdict, own: Survey, sentence: string, side: 'active' | 'standby'): Outcome {
    if (verdict.kind === 'equal') {
      const { incident } = this.#records;
      return this.#note({ incident, baseline: baselineOf(own) }, 'compared', own, sentence);
    }
    if (verdict.kind === 'incomparable') return this.#note(this.#records, 'failed', own, sentence);
    const mine =
      verdict.damaged === side ||
      verdict.damaged === 'both' ||
      (verdict.damaged === 'unknown' && side === 'standby');
    if (mine) this.foundDamaged(sentence);
    else this.#options.log.warn({ sentence }, 'the two copies are not the same');
    return this.#note(this.#records, 'different', own, sentence);
  }

  #failed(error: unknown): Outcome {
    const sentence = `The copies could not be compared: ${error instanceof Error ? error.message : error}`;
    const outcome: Outcome = {
      atMs: this.#options.wallMs(),
      result: 'failed',
      position: undefined,
      sentence,
    };
    // A link that was lost meanwhile is no news about the copy: what was last known stays.
    if (this.#records.last === undefined) this.#save({ ...this.#records, last: outcome });
    return outcome;
  }

  #note(records: Records, result: Outcome['result'], own: Survey, sentence: string): Outcome {
    const last: Outcome = {
      atMs: this.#options.wallMs(),
      result,
      position: formatPosition(own.head.position),
      sentence,
    };
    this.#save({ ...records, last });
    return last;
  }

  #save(records: Records): void {
    this.#records = records;
    try {
      writeRecords(this.#options.recordsPath, records);
    } catch (error) {
      this.#options.log.warn({ err: error }, 'what was found about the copy could not be written down');
    }
  }
}

function baselineOf({ head, schema, tables }: Survey): Baseline {
  return { sequence: head.position.sequence, hash: head.hash, schema, tables };
}
