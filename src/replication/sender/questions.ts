import type { Reply } from '../../core/replication/messages.ts';
import type { Clock } from '../clock.ts';
import { complaintError, linkError } from '../errors.ts';

/** Questions to the standby that wait for their answers. */
export class Questions {
  readonly #clock: Clock;
  readonly #waiting = new Map<
    number,
    { resolve: (body: unknown) => void; reject: (reason: Error) => void; peer: string }
  >();
  #next = 1;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @throws TandemError what the other side refuses with; `replication.link.closed` without an answer */
  async ask(peer: string, timeoutMs: number, send: (id: number) => void): Promise<unknown> {
    const id = this.#next++;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#waiting.set(id, { resolve, reject, peer });
    const cancel = this.#clock.after(timeoutMs, () =>
      reject(linkError('closed', `${peer} did not answer within ${timeoutMs / 1_000} s`)),
    );
    try {
      send(id);
      return await promise;
    } finally {
      cancel();
      this.#waiting.delete(id);
    }
  }

  replied(reply: Reply): void {
    const asked = this.#waiting.get(reply.id);
    if ('refused' in reply) asked?.reject(complaintError(reply.refused));
    else asked?.resolve(reply.body);
  }

  /** Nobody will answer any more. */
  giveUp(why: string): void {
    for (const { reject, peer } of this.#waiting.values())
      reject(linkError('closed', `${peer} did not answer: ${why}`));
  }
}
