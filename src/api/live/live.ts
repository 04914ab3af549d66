import type { Node } from '../../pair/node.ts';
import { presentStatus } from '../routes/status.ts';
import { ClientCurve } from './client-curve.ts';
import { Events } from './events.ts';

/** What is watched all the time, so that a page that opens finds it: once for the process, for both doors of the API. */
export class Live {
  readonly events: Events;
  readonly curve: ClientCurve;
  readonly #node: Node;
  #stopListening: (() => void) | undefined;

  constructor(node: Node) {
    this.#node = node;
    this.curve = new ClientCurve(() => node.sessions().length, Date.now);
    this.events = new Events({
      status: async () => presentStatus(await node.observe()),
      sessions: () => {
        const sessions = node.sessions();
        return {
          count: sessions.length,
          fingerprint: sessions.map(({ id, user }) => `${id} ${user}`).join(),
        };
      },
    });
  }

  start(): void {
    this.curve.start();
    this.#stopListening = this.#node.store.onChange(({ head, tables }) => {
      this.events.journal(head.position, tables);
    });
  }

  stop(): void {
    this.#stopListening?.();
    this.curve.stop();
    this.events.close();
  }
}
