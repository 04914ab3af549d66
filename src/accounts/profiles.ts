import type { ProfileKind } from '../access/profiles/profile.ts';
import { TandemError } from '../core/errors.ts';
import { formatCommonName } from '../core/openvpn/common-name.ts';
import type { Actor } from '../store/actor.ts';
import type { Certificate, NewCertificate } from '../store/certificate/certificate.ts';
import type { Store } from '../store/store.ts';
import type { Transaction } from '../store/transaction.ts';
import { renewalMs } from './certificate-renewal.ts';
import { badProfileName, unknownUser } from './errors.ts';
import { GenericProfile } from './generic-profile.ts';
import { freeAddress, latestInForce, newCertificate, profileText } from './profile-certificate.ts';
import { findStandingUser } from './standing.ts';
import type { Write } from './write.ts';

export interface Profile {
  readonly commonName: string;
  readonly vpnAddress: string;
  /** The `.ovpn` file; it holds a private key. */
  readonly text: string;
}

/** The connection profiles of users: one per device, each with its own certificate, key and VPN address. */
export class Profiles {
  /** The one for every user. */
  readonly generic: GenericProfile;
  readonly #store: Store;
  readonly #write: Write;
  readonly #nodeAddress: string;
  readonly #now: () => number;

  /** @param parts.nodeAddress what profiles name while there is no virtual address yet */
  constructor(parts: { store: Store; write: Write; nodeAddress: string; now: () => number }) {
    this.generic = new GenericProfile(parts);
    this.#store = parts.store;
    this.#write = parts.write;
    this.#nodeAddress = parts.nodeAddress;
    this.#now = parts.now;
  }

  /**
   * The user's profile of that name; made first when there is none in force, and made anew when it ends within 30 days:
   * the one given out before works until its own end. With `renew` it is made anew now.
   * @throws TandemError `store.user.unknown`, `accounts.profile.name`, `accounts.profile.other-kind`,
   * `accounts.profile.auto-login-forbidden`, `accounts.network-full`
   */
  async get(
    actor: Actor,
    userName: string,
    profileName: string,
    wishedKind?: ProfileKind,
    renew = false,
  ): Promise<{ profile: Profile; protected: boolean }> {
    const commonName = formatCommonName({ username: userName, profile: profileName });
    if (commonName === undefined) throw badProfileName(profileName);
    const existing = this.#inForce(commonName);
    const kind = wishedKind ?? existing?.kind ?? 'user-locked';
    this.#checkKind(userName, profileName, kind, existing);
    const ends = existing === undefined ? 0 : existing.notAfter;
    const fresh =
      renew || ends - this.#now() <= renewalMs
        ? await this.#issue({ commonName, userName, profileName, kind }, existing?.tlsCryptV2Key)
        : undefined;
    const written = await this.#write(actor, (transaction) =>
      ensure(transaction, userName, commonName, fresh, renew),
    );
    const { certificate, vpnAddress } = written.result;
    return {
      profile: { commonName, vpnAddress, text: profileText(this.#store, this.#nodeAddress, certificate) },
      protected: written.protected,
    };
  }

  /**
   * Revokes the certificate of the user's profile and frees its VPN address; the profile can be made anew.
   * @throws TandemError `store.user.unknown`, `accounts.profile.unknown`
   */
  async revoke(actor: Actor, userName: string, profileName: string): Promise<{ protected: boolean }> {
    return this.#write(actor, (transaction) => {
      if (transaction.users.find(userName) === undefined) throw unknownUser(userName);
      const inForce = transaction.certificates
        .ofUser(userName)
        .filter((one) => one.profileName === profileName && one.revokedAt === undefined);
      if (inForce.length === 0) throw unknownProfile(userName, profileName);
      for (const { serial, commonName } of inForce) {
        transaction.certificates.revoke(serial, this.#now(), 'profile revoked');
        transaction.clientAddresses.release(commonName);
      }
    });
  }

  #inForce(commonName: string): Certificate | undefined {
    return latestInForce(this.#store, commonName);
  }

  #checkKind(
    userName: string,
    profileName: string,
    kind: ProfileKind,
    existing: Certificate | undefined,
  ): void {
    if (existing !== undefined && existing.kind !== kind)
      throw otherKind(userName, profileName, existing.kind);
    const user = findStandingUser(this.#store, userName);
    if (kind === 'auto-login' && user !== undefined && !user.autoLogin) throw autoLoginForbidden(userName);
  }

  async #issue(
    whose: Parameters<typeof newCertificate>[1],
    knownKey: string | undefined,
  ): Promise<NewCertificate> {
    if (this.#store.users.find(whose.userName) === undefined) throw unknownUser(whose.userName);
    return newCertificate({ store: this.#store, now: this.#now }, whose, knownKey);
  }
}

/** Looks again inside the transaction: of two requests at once the second finds what the first made. */
function ensure(
  transaction: Transaction,
  userName: string,
  commonName: string,
  fresh: NewCertificate | undefined,
  renew: boolean,
): { certificate: NewCertificate; vpnAddress: string } {
  if (transaction.users.find(userName) === undefined) throw unknownUser(userName);
  const existing = latestInForce(transaction, commonName);
  const certificate =
    fresh !== undefined && (renew || (existing?.notAfter ?? 0) < fresh.notAfter - renewalMs)
      ? fresh
      : existing;
  if (certificate === undefined) throw revokedMeanwhile(commonName);
  if (certificate === fresh) transaction.certificates.add(certificate);
  const held = transaction.clientAddresses.find(commonName)?.ipv4;
  if (held !== undefined) return { certificate, vpnAddress: held };
  const vpnAddress = freeAddress(transaction);
  transaction.clientAddresses.assign(commonName, vpnAddress);
  return { certificate, vpnAddress };
}

function unknownProfile(userName: string, profileName: string): TandemError {
  return new TandemError({
    code: 'accounts.profile.unknown',
    culprit: 'caller',
    message: `${userName} has no profile ${JSON.stringify(profileName)} in force.`,
    hint: `See: tandem user show ${userName}`,
  });
}

function otherKind(userName: string, profileName: string, kind: ProfileKind): TandemError {
  return new TandemError({
    code: 'accounts.profile.other-kind',
    culprit: 'caller',
    message: `The profile ${JSON.stringify(profileName)} of ${userName} is ${kind}; a profile does not change its kind.`,
    hint: `Choose another name with --name, or first: tandem profile revoke ${userName} --name ${profileName}`,
  });
}

function autoLoginForbidden(userName: string): TandemError {
  return new TandemError({
    code: 'accounts.profile.auto-login-forbidden',
    culprit: 'caller',
    message: `Profiles without a password are not allowed for ${userName}.`,
    hint: `Allow them: tandem user set ${userName} --auto-login yes (or for the group)`,
  });
}

function revokedMeanwhile(commonName: string): TandemError {
  return new TandemError({
    code: 'accounts.profile.revoked',
    culprit: 'caller',
    message: `The profile ${commonName} was revoked at this very moment.`,
    hint: 'Ask for it again to get a new one',
  });
}
