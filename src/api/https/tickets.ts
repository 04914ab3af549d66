import { randomBytes } from 'node:crypto';
import { notSignedIn } from '../principal.ts';

const lifetimeMs = 300_000;
const mostTickets = 1_000;

/** One-time tickets by which a browser that is signed in at one address of the pair signs in at another. In memory. */
export class Tickets {
  readonly #issued = new Map<string, { readonly user: string; readonly until: number }>();

  issue(user: string): string {
    const ticket = randomBytes(32).toString('base64url');
    const [oldest] = this.#issued.keys();
    if (this.#issued.size >= mostTickets && oldest !== undefined) this.#issued.delete(oldest);
    this.#issued.set(ticket, { user, until: performance.now() + lifetimeMs });
    return ticket;
  }

  redeem(ticket: string): string {
    const found = this.#issued.get(ticket);
    this.#issued.delete(ticket);
    if (found === undefined || found.until < performance.now()) throw notSignedIn();
    return found.user;
  }
}
