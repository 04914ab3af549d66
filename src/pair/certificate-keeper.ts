import type { Logger } from 'pino';
import { renewServerCertificate } from '../accounts/certificate-renewal.ts';
import type { Write } from '../accounts/write.ts';
import type { Actor } from '../store/actor.ts';
import type { Store } from '../store/store.ts';

const dayMs = 86_400_000;

/** Renews the certificate of the servers before it ends: looks when this node becomes active and once a day. */
export class CertificateKeeper {
  readonly #parts: { store: Store; write: Write; now: () => number; log: Logger; mayWrite: () => boolean };
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: {
    store: Store;
    write: Write;
    now: () => number;
    log: Logger;
    mayWrite: () => boolean;
  }) {
    this.#parts = parts;
  }

  start(): void {
    this.#timer ??= setInterval(() => void this.look(), dayMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async look(): Promise<void> {
    const { log, mayWrite } = this.#parts;
    if (!mayWrite()) return;
    try {
      if ((await renewServerCertificate(this.#parts)).renewed)
        log.info('the certificate of the servers was renewed before its end');
    } catch (error) {
      log.error({ err: error }, 'the certificate of the servers could not be renewed');
    }
  }

  /** Whether or not it ends soon; answers whether both nodes have the new one. */
  async renew(actor: Actor): Promise<{ protected: boolean }> {
    return renewServerCertificate({ ...this.#parts, actor });
  }
}
