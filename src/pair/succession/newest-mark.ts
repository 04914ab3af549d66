import { closeSync, existsSync, openSync, rmSync } from 'node:fs';
import { syncDirectory } from '../../settings/durable-file.ts';

/**
 * On the disk of a node that serves while the other one cannot take over by itself: nobody can have a newer copy, also after
 * a restart. It is gone before the other one hears that it has everything.
 */
export class NewestMark {
  readonly #path: string;
  #isSet: boolean;

  constructor(path: string) {
    this.#path = path;
    this.#isSet = existsSync(path);
  }

  get isSet(): boolean {
    return this.#isSet;
  }

  /** Durable when it is done; throws what the disk refuses. */
  set isSet(wanted: boolean) {
    if (wanted === this.#isSet) return;
    if (wanted) closeSync(openSync(this.#path, 'w', 0o600));
    else rmSync(this.#path, { force: true });
    syncDirectory(this.#path);
    this.#isSet = wanted;
  }
}
