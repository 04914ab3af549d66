import assert from 'node:assert/strict';
import type { NodeState } from './protocol.ts';

/** What was promised to whom, and what was ever seen on a node: nothing of it may be gone in the end. */
export class Ledger {
  /** Answered with `protected: true`. */
  readonly onBoth: Set<string> = new Set();
  /** Answered, but on one node only. */
  readonly onOne: Set<string> = new Set();
  /** Answered that nothing was changed. */
  readonly refused: Set<string> = new Set();
  readonly #entries = new Set<string>();
  /** Quarantine of disks that were replaced since. */
  #archive = '';

  keep(quarantined: string): void {
    this.#archive += quarantined;
  }

  saw(state: NodeState): void {
    for (const hash of state.entries) this.#entries.add(hash);
  }

  /** I2: right after a takeover. */
  checkTakeover(state: NodeState): void {
    const names = new Set(state.names);
    const missing = [...this.onBoth].filter((name) => !names.has(name));
    assert.deepEqual(missing, [], 'I2: acknowledged as protected, and missing after the takeover');
  }

  /** I2 and I3, when all has settled. `quarantined` is everything that lies in any quarantine now. */
  checkSettled(state: NodeState, quarantined: string): void {
    const aside = this.#archive + quarantined;
    this.checkTakeover(state);
    const names = new Set(state.names);
    const lost = [...this.onOne].filter((name) => !names.has(name) && !aside.includes(`"${name}"`));
    assert.deepEqual(lost, [], 'I3: answered, and neither there nor in quarantine');
    const made = [...this.refused].filter((name) => names.has(name));
    assert.deepEqual(made, [], 'refused with "nothing was changed", and there nevertheless');
    const hashes = new Set(state.entries);
    const vanished = [...this.#entries].filter((hash) => !hashes.has(hash) && !aside.includes(hash));
    assert.deepEqual(
      vanished,
      [],
      'I3: an entry that a node had is neither in the journal nor in quarantine',
    );
  }
}
