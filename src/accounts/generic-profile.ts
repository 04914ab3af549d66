import { TandemError } from '../core/errors.ts';
import { genericCommonName, genericOwner } from '../core/openvpn/common-name.ts';
import { readVpnSettings } from '../settings/read.ts';
import type { Actor } from '../store/actor.ts';
import type { Certificate } from '../store/certificate/certificate.ts';
import type { Store } from '../store/store.ts';
import { renewalMs } from './certificate-renewal.ts';
import { freeAddress, latestInForce, newCertificate, profileText } from './profile-certificate.ts';
import type { Write } from './write.ts';

interface Parts {
  readonly store: Store;
  readonly write: Write;
  readonly nodeAddress: string;
  readonly now: () => number;
}

/** The one profile with which every user may log in: who a client is, and what it gets, is decided by the login. */
export class GenericProfile {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Whether there is one in force. */
  get isGivenOut(): boolean {
    return this.#inForce() !== undefined;
  }

  /**
   * Made first when there is none, and anew when it ends within 30 days or with `renew`: the one given out before works until its
   * own end.
   * @throws TandemError `accounts.generic.off`
   */
  async get(actor: Actor, renew = false): Promise<{ text: string; protected: boolean }> {
    const { store, write, now, nodeAddress } = this.#parts;
    if (!readVpnSettings(store).generic.enabled) throw switchedOff();
    const existing = this.#inForce();
    if (existing !== undefined && !renew && existing.notAfter - now() > renewalMs)
      return { text: profileText(store, nodeAddress, existing, true), protected: false };
    const whose = { commonName: genericCommonName, userName: genericOwner, profileName: 'generic' };
    const fresh = await newCertificate(this.#parts, whose, existing?.tlsCryptV2Key);
    const written = await write(actor, ({ certificates }) => certificates.add(fresh));
    return { text: profileText(store, nodeAddress, fresh, true), protected: written.protected };
  }

  /** Nobody logs in with it any more, and who did is sent away. @throws TandemError `accounts.generic.none` */
  async revoke(actor: Actor): Promise<{ protected: boolean }> {
    const { write, now } = this.#parts;
    return write(actor, ({ certificates }) => {
      const inForce = certificates
        .withCommonName(genericCommonName)
        .filter((one) => one.revokedAt === undefined);
      if (inForce.length === 0) throw none();
      for (const { serial } of inForce) certificates.revoke(serial, now(), 'profile revoked');
    });
  }

  /** The VPN address of a user with it: from the first login on the same. @throws TandemError `accounts.network-full` */
  async ensureAddress(user: string): Promise<void> {
    const { store, write } = this.#parts;
    if (store.clientAddresses.find(user) !== undefined) return;
    await write({ name: 'login', via: 'vpn' }, (transaction) => {
      if (transaction.clientAddresses.find(user) !== undefined) return;
      transaction.clientAddresses.assign(user, freeAddress(transaction));
    });
  }

  #inForce(): Certificate | undefined {
    return latestInForce(this.#parts.store, genericCommonName);
  }
}

function switchedOff(): TandemError {
  return new TandemError({
    code: 'accounts.generic.off',
    culprit: 'caller',
    message: 'There is no server process for a generic profile.',
    hint: 'Start one: tandem settings set generic.enabled=yes (UDP port 1195 unless you say another)',
  });
}

function none(): TandemError {
  return new TandemError({
    code: 'accounts.generic.none',
    culprit: 'caller',
    message: 'There is no generic profile in force.',
    hint: 'See: tandem certificate list',
  });
}
