import { node } from 'koffi';

/**
 * Waits on many descriptors at once, in Node's own event loop (one epoll, no second thread): `onReady` is called
 * whenever one of them can be read. The reader must read until there is nothing left.
 */
export class Readiness {
  readonly #handles: node.PollHandle[] = [];

  constructor(descriptors: readonly number[], onReady: () => void) {
    for (const fd of descriptors) {
      this.#handles.push(node.poll(fd, { readable: true }, () => this.#ready(onReady)));
    }
  }

  #ready(onReady: () => void): void {
    onReady();
    // koffi calls outside of Node's callback scope, so promises settled here would wait for the next unrelated event.
    setImmediate(() => undefined);
  }

  close(): void {
    for (const handle of this.#handles.splice(0)) handle.close();
  }
}
