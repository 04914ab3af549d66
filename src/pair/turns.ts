/** So many in each turn of the event loop. */
const eachTurn = 8;

/**
 * Lets writers through, first come first served, a few in each turn of the event loop: what they made is sent, synced and
 * acknowledged while the next ones make theirs. A writer that comes alone does not wait.
 */
export class Turns {
  readonly #waiting: (() => void)[] = [];
  #room = eachTurn;
  #refilling = false;

  /** Resolves when it is the caller's turn; undefined when that is now. */
  take(): Promise<void> | undefined {
    this.#refillSoon();
    if (this.#room > 0 && this.#waiting.length === 0) {
      this.#room--;
      return undefined;
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Behind whatever this turn still has to send, and behind what arrives meanwhile. */
  #refillSoon(): void {
    if (this.#refilling) return;
    this.#refilling = true;
    setImmediate(() => setImmediate(() => this.#refill()));
  }

  #refill(): void {
    this.#refilling = false;
    this.#room = eachTurn;
    if (this.#waiting.length === 0) return;
    this.#refillSoon();
    for (const go of this.#waiting.splice(0, eachTurn)) {
      this.#room--;
      go();
    }
  }
}
