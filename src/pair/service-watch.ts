import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { type Health, observed, shouldRestart, UNKNOWN_HEALTH, wordOn } from '../core/election/health.ts';

const lookEveryMs = 1_000;
/** A write reaches the disk, so it is not tried with every look. */
const writeEveryLooks = 3;
/** Longer than this process needs to be started anew: its end alone is no reason to move. */
const reportCountsForMs = 15_000;

/** What is watched: one OpenVPN process. */
export interface WatchedOpenvpn {
  /** Whether there is anything to serve with. */
  readonly isSeeded: boolean;
  readonly clients: {
    /** Rejects when it does not answer. */
    ask(): Promise<void>;
  };
  restart(): Promise<void>;
}

/** Looks after the service of this node each second and tells the heartbeat, which decides who serves. */
export class ServiceWatch {
  readonly #openvpn: WatchedOpenvpn;
  readonly #directory: string;
  readonly #report: (word: { healthy: boolean; reason: string; ttlMs: number }) => void;
  readonly #log: Logger;
  #health: Health = UNKNOWN_HEALTH;
  #timer: NodeJS.Timeout | undefined;
  #asking = false;
  #answered = false;
  #writing = false;
  #diskError: string | undefined;
  #looks = 0;

  /** `directory` is where the data lies: it must take a write. */
  constructor(parts: {
    openvpn: WatchedOpenvpn;
    directory: string;
    report: (word: { healthy: boolean; reason: string; ttlMs: number }) => void;
    log: Logger;
  }) {
    this.#openvpn = parts.openvpn;
    this.#directory = parts.directory;
    this.#report = parts.report;
    this.#log = parts.log;
  }

  start(): void {
    this.#timer ??= setInterval(() => this.#look(), lookEveryMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    if (!this.#openvpn.isSeeded) {
      this.#report({ healthy: false, reason: 'it waits for its first copy', ttlMs: reportCountsForMs });
      return;
    }
    const before = this.#health;
    this.#health = observed(before, { answered: this.#answered, diskError: this.#diskError });
    this.#answered = false;
    void this.#ask();
    if (this.#looks % writeEveryLooks === 0) void this.#write();
    this.#looks += 1;
    const word = wordOn(this.#health);
    if (word === undefined) return;
    if (this.#health.broken !== before.broken) {
      if (word.healthy) this.#log.info('the service of this node works again');
      else this.#log.error({ reason: word.reason }, 'the service of this node is broken');
    }
    this.#report({ ...word, ttlMs: reportCountsForMs });
    if (shouldRestart(this.#health)) this.#restart();
  }

  async #ask(): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    try {
      await this.#openvpn.clients.ask();
      this.#answered = true;
    } catch {
      // Not answered, which is what the next look sees.
    } finally {
      this.#asking = false;
    }
  }

  async #write(): Promise<void> {
    if (this.#writing) {
      this.#diskError = 'a write does not come to its end';
      return;
    }
    this.#writing = true;
    try {
      await writeSomething(this.#directory);
      this.#diskError = undefined;
    } catch (error) {
      this.#diskError = error instanceof Error ? error.message : String(error);
    } finally {
      this.#writing = false;
    }
  }

  #restart(): void {
    this.#log.error('OpenVPN hangs; it is ended and started anew');
    this.#openvpn.restart().catch((error: unknown) => {
      this.#log.error({ err: error }, 'OpenVPN could not be started anew');
    });
  }
}

/** Always the same file, so that a process that ends in between leaves no more than that. */
async function writeSomething(directory: string): Promise<void> {
  const file = await open(join(directory, '.writable'), 'w', 0o600);
  try {
    await file.write('x');
    await file.sync();
  } finally {
    await file.close();
  }
}
