import { createOneTimeKey, matchOneTimeCode, oneTimeKeyUri } from '../../access/auth/one-time-code.ts';
import { TandemError } from '../../core/errors.ts';

const lifetimeMs = 600_000;
const mostPending = 1_000;
const mostAttempts = 5;

interface Pending {
  readonly key: string;
  readonly until: number;
  attempts: number;
}

/** Keys of one-time codes that were shown and not confirmed yet. In memory: nothing is asked of a user before the app is known to work. */
export class PendingKeys {
  readonly #pending = new Map<string, Pending>();

  begin(user: string): { key: string; uri: string } {
    const key = createOneTimeKey();
    this.#pending.delete(user);
    const [oldest] = this.#pending.keys();
    if (this.#pending.size >= mostPending && oldest !== undefined) this.#pending.delete(oldest);
    this.#pending.set(user, { key, until: performance.now() + lifetimeMs, attempts: 0 });
    return { key, uri: oneTimeKeyUri(user, key) };
  }

  /**
   * The key, and the step whose code was used.
   * @throws TandemError `api.one-time-code.not-begun`, `api.one-time-code.wrong`
   */
  confirm(user: string, code: string): { key: string; step: number } {
    const pending = this.#pending.get(user);
    if (pending === undefined || pending.until < performance.now() || pending.attempts >= mostAttempts) {
      throw invalid('api.one-time-code.not-begun', 'No key waits to be confirmed.', 'Begin again');
    }
    pending.attempts += 1;
    const step = matchOneTimeCode(pending.key, code, Date.now());
    if (step === undefined) {
      throw invalid(
        'api.one-time-code.wrong',
        'This is not the code that the app shows for the new key.',
        "Check the device's clock and type the next code",
      );
    }
    this.#pending.delete(user);
    return { key: pending.key, step };
  }
}

function invalid(code: string, message: string, hint: string): TandemError {
  return new TandemError({ code, culprit: 'caller', message, hint });
}
