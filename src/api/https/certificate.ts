import { createSecureContext, type SecureContext } from 'node:tls';
import type { Logger } from 'pino';
import type { WebCertificate } from '../../access/pki/web-certificate.ts';
import { makeOwnCertificate, readWebCertificate } from '../../accounts/web-certificate.ts';
import type { Node } from '../../pair/node.ts';

const lookAgainMs = 3_600_000;

/**
 * What the pages are served with: the pair's certificate, one and the same on both nodes, so that a browser that trusts it
 * still does after a takeover. A node that has no copy yet makes one for itself.
 */
export class ServedCertificate {
  readonly #node: Node;
  readonly #log: Logger;
  readonly #onChange: (certificate: WebCertificate) => void;
  #served: string | undefined;
  #own: WebCertificate | undefined;
  #timer: NodeJS.Timeout | undefined;
  #following: Promise<void> = Promise.resolve();
  #stopListening: (() => void) | undefined;

  constructor(node: Node, log: Logger, onChange: (certificate: WebCertificate) => void) {
    this.#node = node;
    this.#log = log;
    this.#onChange = onChange;
  }

  /** Resolves when there is one; from then on changes are reported. */
  async start(): Promise<void> {
    this.#stopListening = this.#node.store.onChange(({ cause, tables }) => {
      if (cause === 'replace' || tables.includes('identity') || tables.includes('setting')) this.follow();
    });
    this.#timer = setInterval(() => this.follow(), lookAgainMs);
    this.follow();
    await this.#following;
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#stopListening?.();
  }

  /** After anything that may have changed it: the store, or the role. */
  follow(): void {
    this.#following = this.#following.then(() => this.#follow());
  }

  async #follow(): Promise<void> {
    try {
      await this.#node.web.renewCertificate();
    } catch (error) {
      this.#log.warn({ err: error }, "the pages' certificate could not be renewed");
    }
    const certificate = readWebCertificate(this.#node.store) ?? (await this.#forItself());
    if (certificate.certificatePem === this.#served) return;
    try {
      checked(certificate);
      this.#served = certificate.certificatePem;
      this.#onChange(certificate);
    } catch (error) {
      this.#log.error({ err: error }, "the pages' certificate cannot be used; the one from before stays");
    }
  }

  async #forItself(): Promise<WebCertificate> {
    this.#own ??= await makeOwnCertificate(this.#node.web.names(), Date.now());
    return this.#own;
  }
}

function checked({ certificatePem, privateKeyPem }: WebCertificate): SecureContext {
  return createSecureContext({ cert: certificatePem, key: privateKeyPem });
}
