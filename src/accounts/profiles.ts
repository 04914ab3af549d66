import { issueClientCertificate } from '../access/pki/certificates.ts';
import { generateTlsCryptV2ClientKey } from '../access/pki/openvpn-keys.ts';
import { type ProfileKind, renderProfile } from '../access/profiles/profile.ts';
import { TandemError } from '../core/errors.ts';
import { formatCommonName } from '../core/openvpn/common-name.ts';
import { type Network, parseNetwork } from '../core/openvpn/ipv4.ts';
import { firstFreeAddress } from '../core/openvpn/pool.ts';
import { profileRemotes } from '../core/vpn/remotes.ts';
import { bareAddress } from '../settings/network.ts';
import { readPairSettings, readServedSettings, readVpnSettings } from '../settings/read.ts';
import type { Actor } from '../store/actor.ts';
import type { Certificate, NewCertificate } from '../store/certificate/certificate.ts';
import type { Store } from '../store/store.ts';
import type { Transaction } from '../store/transaction.ts';
import { renewalMs } from './certificate-renewal.ts';
import { badProfileName, unknownUser } from './errors.ts';
import { readAuthority, requireIdentity, serverCommonName } from './identity.ts';
import { findStandingUser } from './standing.ts';
import type { Write } from './write.ts';

const certificateDays = 825;

export interface Profile {
  readonly commonName: string;
  readonly vpnAddress: string;
  /** The `.ovpn` file; it holds a private key. */
  readonly text: string;
}

/** The connection profiles of users: one per device, each with its own certificate, key and VPN address. */
export class Profiles {
  readonly #store: Store;
  readonly #write: Write;
  readonly #nodeAddress: string;
  readonly #now: () => number;

  /** @param parts.nodeAddress what profiles name while there is no virtual address yet */
  constructor(parts: { store: Store; write: Write; nodeAddress: string; now: () => number }) {
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
        ? await this.#issue(userName, profileName, commonName, kind, existing?.tlsCryptV2Key)
        : undefined;
    const written = await this.#write(actor, (transaction) =>
      ensure(transaction, userName, commonName, fresh, renew),
    );
    const { certificate, vpnAddress } = written.result;
    return {
      profile: { commonName, vpnAddress, text: this.#render(certificate) },
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
    userName: string,
    profileName: string,
    commonName: string,
    kind: ProfileKind,
    knownKey?: string,
  ): Promise<NewCertificate> {
    if (this.#store.users.find(userName) === undefined) throw unknownUser(userName);
    const issued = await issueClientCertificate(readAuthority(this.#store), {
      commonName,
      now: new Date(this.#now()),
      validDays: certificateDays,
      keys: readVpnSettings(this.#store).certificateKeys,
    });
    const serverKey = requireIdentity(this.#store, 'tls-crypt-v2-server-key');
    return {
      serial: issued.serialHex,
      commonName,
      userName,
      profileName,
      certificate: issued.certificatePem,
      privateKey: issued.privateKeyPem,
      // The key is the profile's: with the certificate of before and with the new one it is called back by the same.
      tlsCryptV2Key: knownKey ?? (await generateTlsCryptV2ClientKey(serverKey)),
      notAfter: issued.notAfter.getTime(),
      kind,
    };
  }

  #render(certificate: NewCertificate): string {
    const vpn = readServedSettings(this.#store);
    const pair = readPairSettings(this.#store);
    const own = pair === undefined ? this.#nodeAddress : bareAddress(pair.virtualAddress);
    return renderProfile({
      kind: certificate.kind ?? 'user-locked',
      ...profileRemotes(vpn, own),
      directives: vpn.directives.client,
      serverName: serverCommonName,
      certificateAuthority: requireIdentity(this.#store, 'ca-certificate'),
      certificate: certificate.certificate,
      privateKey: certificate.privateKey,
      tlsCryptV2ClientKey: certificate.tlsCryptV2Key,
      oneTimeCode: this.#store.users.find(certificate.userName)?.oneTimeKey !== undefined,
    });
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

function latestInForce(
  source: { readonly certificates: { withCommonName(commonName: string): Certificate[] } },
  commonName: string,
): Certificate | undefined {
  return source.certificates
    .withCommonName(commonName)
    .filter((one) => one.revokedAt === undefined)
    .toSorted((a, b) => b.notAfter - a.notAfter)[0];
}

function freeAddress(transaction: Transaction): string {
  const text = readVpnSettings(transaction).network;
  const network: Network | undefined = parseNetwork(text);
  const taken = new Set(transaction.clientAddresses.list().map((one) => one.ipv4));
  const address = network === undefined ? undefined : firstFreeAddress(network, taken);
  if (address !== undefined) return address;
  throw new TandemError({
    code: 'accounts.network-full',
    culprit: 'operator',
    message: `The VPN network ${text} has no free address for another profile.`,
    hint: 'Remove users that are gone, or choose a larger VPN network',
  });
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
