import type { ServerResponse } from 'node:http';
import type { StatusView } from '../contract.ts';

const tickMs = 1_000;
const mostListeners = 100;
/** A browser that takes nothing for so long is let go; it comes again by itself. */
const mostUnsentBytes = 262_144;

export interface EventSources {
  readonly status: () => Promise<StatusView>;
  /** Sessions in a form that is equal while nothing but byte counts changed. */
  readonly sessions: () => { readonly count: number; readonly fingerprint: string };
}

interface Listener {
  readonly response: ServerResponse;
  readonly mayStay: () => boolean;
}

/**
 * What happens, told to every page that is open (server-sent events): `status` once a second, `sessions` when somebody came
 * or went, `journal` at every change of the data. Nothing is asked while nobody listens.
 */
export class Events {
  readonly #sources: EventSources;
  readonly #listeners = new Set<Listener>();
  #timer: NodeJS.Timeout | undefined;
  #fingerprint = '';

  constructor(sources: EventSources) {
    this.#sources = sources;
  }

  get isFull(): boolean {
    return this.#listeners.size >= mostListeners;
  }

  /** @param mayStay asked again before everything that is told */
  add(response: ServerResponse, mayStay: () => boolean): void {
    const listener: Listener = { response, mayStay };
    this.#listeners.add(listener);
    response.on('close', () => this.#remove(listener));
    response.write('retry: 1000\n\n');
    this.#timer ??= setInterval(() => void this.#tick(), tickMs);
    void this.#tick();
  }

  /** The data changed. */
  journal(position: { readonly epoch: number; readonly sequence: number }, tables: readonly string[]): void {
    this.#tell('journal', { position, tables });
  }

  close(): void {
    clearInterval(this.#timer);
    for (const { response } of this.#listeners) response.end();
    this.#listeners.clear();
  }

  async #tick(): Promise<void> {
    const { count, fingerprint } = this.#sources.sessions();
    if (fingerprint !== this.#fingerprint) {
      this.#fingerprint = fingerprint;
      this.#tell('sessions', { count });
    }
    this.#tell('status', await this.#sources.status());
  }

  #tell(event: string, data: unknown): void {
    if (this.#listeners.size === 0) return;
    const text = `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
    for (const listener of this.#listeners) {
      const { response, mayStay } = listener;
      if (!mayStay() || response.writableLength > mostUnsentBytes) {
        this.#remove(listener);
        response.destroy();
      } else response.write(text);
    }
  }

  #remove(listener: Listener): void {
    this.#listeners.delete(listener);
    if (this.#listeners.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
