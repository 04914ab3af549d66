import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { TandemError } from '../core/errors.ts';

/** What a heartbeat remembers when it ends: what a person said about this node. */
interface Kept {
  readonly maintenance: boolean;
}

/**
 * Maintenance is kept until the person who began it ends it: whoever works on a machine restarts it, and it must not
 * take over in between.
 */
export class KeptState {
  readonly #path: string | undefined;

  /** Without a `path` nothing is kept. */
  constructor(path: string | undefined) {
    this.#path = path;
  }

  /** False also when there is no such file. @throws TandemError `heartbeat.state.unreadable` */
  get maintenance(): boolean {
    if (this.#path === undefined) return false;
    try {
      const value: unknown = JSON.parse(readFileSync(this.#path, 'utf8'));
      return (
        typeof value === 'object' && value !== null && 'maintenance' in value && value.maintenance === true
      );
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return false;
      throw problem('unreadable', `cannot read what was kept in ${this.#path}`, cause);
    }
  }

  /** @throws TandemError `heartbeat.state.unwritable`; what was kept before stays then. */
  set maintenance(maintenance: boolean) {
    if (this.#path === undefined) return;
    const kept: Kept = { maintenance };
    try {
      writeFileSync(`${this.#path}.new`, `${JSON.stringify(kept)}\n`, { mode: 0o600 });
      renameSync(`${this.#path}.new`, this.#path);
    } catch (cause) {
      throw problem('unwritable', `cannot keep it in ${this.#path}`, cause);
    }
  }
}

function problem(kind: 'unreadable' | 'unwritable', what: string, cause: unknown): TandemError {
  return new TandemError({
    code: `heartbeat.state.${kind}`,
    culprit: 'operator',
    message: `${what}: ${(cause as Error).message}`,
    hint: 'see that the file and its directory belong to root and can be written, or change "stateFile"',
    cause,
  });
}
