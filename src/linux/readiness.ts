import { node } from 'koffi';

/**
 * Waits on many descriptors at once, in Node's own event loop (one epoll, no second thread): `onReady` is called
 * whenever one of them can be read. The reader must read until there is nothing left.
 */
export class Readiness {
  readonly #handles: node.PollHandle[] = [];

  constructor(descriptors: readonly number[], onReady: () => void) {
    for (const fd of descriptors) {
      this.#handles.push(node.poll(fd, { readable: true }, onReady));
    }
  }

  close(): void {
    for (const handle of this.#handles.splice(0)) handle.close();
  }
}
