import type { Logger } from 'pino';
import { createAccountKey, orderCertificate } from '../../access/acme/order.ts';
import { arrangeWebCertificate, factsOf } from '../../access/pki/brought-certificate.ts';
import { isOwnCertificate, type WebCertificate } from '../../access/pki/web-certificate.ts';
import { requireIdentity } from '../../accounts/identity.ts';
import {
  isDue,
  keepWebCertificate,
  renewOwnCertificate,
  resetWebCertificate,
} from '../../accounts/web-certificate.ts';
import type { Write } from '../../accounts/write.ts';
import { TandemError } from '../../core/errors.ts';
import type { Privileged } from '../../privileged/privileged.ts';
import { type AcmeSettings, readAcmeSettings } from '../../settings/acme.ts';
import type { Actor } from '../../store/actor.ts';
import type { Store } from '../../store/store.ts';
import { ChallengeDoor } from './challenge-door.ts';

/** An authority counts failures: it is asked again after so long. */
const askAgainMs = 6 * 3_600_000;

export interface WebCertificateParts {
  readonly store: Store;
  readonly write: Write;
  readonly now: () => number;
  readonly log: Logger;
  readonly privileged: Pick<Privileged, 'listen'>;
  readonly refuseUnlessActive: () => void;
  /** Every name and address under which a browser may reach the pages. */
  readonly names: () => readonly string[];
  /** Where an authority that asks on port 80 arrives. */
  readonly door: () => string;
}

/** How the pages prove themselves: by a certificate of our own, one that was brought, or one that is ordered and renewed. */
export class WebCertificates {
  readonly #parts: WebCertificateParts;
  #ordering = false;
  #failure: { readonly at: number; readonly message: string } | undefined;

  constructor(parts: WebCertificateParts) {
    this.#parts = parts;
  }

  /** What both nodes serve. @throws TandemError `accounts.identity-missing` on a node that has no copy of the data yet */
  served(): WebCertificate {
    const { store } = this.#parts;
    return {
      certificatePem: requireIdentity(store, 'web-certificate'),
      privateKeyPem: requireIdentity(store, 'web-private-key'),
    };
  }

  get source(): 'own' | 'brought' | 'acme' {
    if (isOwnCertificate(this.served().certificatePem)) return 'own';
    return readAcmeSettings(this.#parts.store) === undefined ? 'brought' : 'acme';
  }

  /** Of the last renewal that this node tried and that came to nothing. */
  get failure(): { readonly at: number; readonly message: string } | undefined {
    return this.#failure;
  }

  /**
   * What an administrator brought, once it has passed every check; with `dryRun` it is only checked.
   * @throws TandemError `access.web-certificate.*`, `pair.standby`
   */
  async bring(
    actor: Actor,
    brought: WebCertificate,
    dryRun: boolean,
  ): Promise<{ readonly certificate: WebCertificate; readonly protected: boolean }> {
    const { refuseUnlessActive, now, write } = this.#parts;
    refuseUnlessActive();
    const { certificatePem, privateKeyPem } = brought;
    const certificate = arrangeWebCertificate(certificatePem, privateKeyPem, new Date(now()));
    if (dryRun) return { certificate, protected: false };
    const written = await write(actor, keepWebCertificate(certificate, undefined));
    this.#failure = undefined;
    return { certificate, protected: written.protected };
  }

  /**
   * Orders one now; from then on it is renewed in time. Nothing is changed when the authority refuses.
   * @throws TandemError `access.acme.refused`, `pair.web-certificate.port`, `pair.web-certificate.conflict`, `pair.standby`
   */
  async order(actor: Actor, acme: AcmeSettings): Promise<{ readonly protected: boolean }> {
    const { refuseUnlessActive, store, write, privileged, door } = this.#parts;
    refuseUnlessActive();
    if (this.#ordering) throw orderRuns();
    this.#ordering = true;
    const challenges = new ChallengeDoor();
    try {
      await challenges.open(privileged, door());
      const accountKeyPem = store.identity.get('web-acme-account-key') ?? (await createAccountKey());
      const certificate = await orderCertificate({
        ...acme,
        directoryCa: acme.directoryCa,
        accountKeyPem,
        answer: (token, content) => challenges.answer(token, content),
      });
      const written = await write(actor, keepWebCertificate(certificate, { ...acme, accountKeyPem }));
      this.#failure = undefined;
      return { protected: written.protected };
    } finally {
      challenges.close();
      this.#ordering = false;
    }
  }

  /** Back to a certificate of our own. @throws TandemError `pair.standby` */
  async reset(actor: Actor): Promise<{ readonly protected: boolean }> {
    this.#parts.refuseUnlessActive();
    this.#failure = undefined;
    return resetWebCertificate(this.#parts, actor, this.#parts.names());
  }

  /** On the active node: sees to it that what is served does not end. What is ordered comes later, by itself. */
  async look(): Promise<void> {
    await renewOwnCertificate(this.#parts, this.#parts.names());
    const { store, now } = this.#parts;
    const acme = readAcmeSettings(store);
    if (acme === undefined || this.#ordering || !isDue(this.served().certificatePem, now())) return;
    if (this.#failure !== undefined && now() - this.#failure.at < askAgainMs) return;
    void this.#renew(acme);
  }

  async #renew(acme: AcmeSettings): Promise<void> {
    const { log, now } = this.#parts;
    try {
      await this.order({ name: 'tandem', via: 'renewal' }, acme);
      const until = new Date(factsOf(this.served().certificatePem).notAfter);
      log.info({ until }, "the pages' certificate was renewed");
    } catch (error) {
      this.#failure = { at: now(), message: error instanceof Error ? error.message : String(error) };
      log.warn({ err: error, askAgainMs }, "the pages' certificate could not be renewed; trying again");
    }
  }
}

function orderRuns(): TandemError {
  return new TandemError({
    code: 'pair.web-certificate.conflict',
    culprit: 'caller',
    message: 'A certificate is being ordered at this moment.',
    hint: 'Look again in a minute: tandem web certificate show',
  });
}
