import { issueClientCertificate } from '../access/pki/certificates.ts';
import { generateTlsCryptV2ClientKey } from '../access/pki/openvpn-keys.ts';
import { renderProfile } from '../access/profiles/profile.ts';
import { TandemError } from '../core/errors.ts';
import { type Network, parseNetwork } from '../core/openvpn/ipv4.ts';
import { firstFreeAddress } from '../core/openvpn/pool.ts';
import { profileRemotes } from '../core/vpn/remotes.ts';
import { bareAddress } from '../settings/network.ts';
import { readPairSettings, readServedSettings, readVpnSettings } from '../settings/read.ts';
import type { Certificate, NewCertificate } from '../store/certificate/certificate.ts';
import type { Store } from '../store/store.ts';
import type { Transaction } from '../store/transaction.ts';
import { readAuthority, requireIdentity, serverCommonName } from './identity.ts';

const certificateDays = 825;

/** @param knownKey the key is the profile's: with the certificate of before and with the new one it is called back by the same */
export async function newCertificate(
  { store, now }: { readonly store: Store; readonly now: () => number },
  whose: Pick<NewCertificate, 'commonName' | 'userName' | 'profileName' | 'kind'>,
  knownKey: string | undefined,
): Promise<NewCertificate> {
  const issued = await issueClientCertificate(readAuthority(store), {
    commonName: whose.commonName,
    now: new Date(now()),
    validDays: certificateDays,
    keys: readVpnSettings(store).certificateKeys,
  });
  const serverKey = requireIdentity(store, 'tls-crypt-v2-server-key');
  return {
    ...whose,
    serial: issued.serialHex,
    certificate: issued.certificatePem,
    privateKey: issued.privateKeyPem,
    tlsCryptV2Key: knownKey ?? (await generateTlsCryptV2ClientKey(serverKey)),
    notAfter: issued.notAfter.getTime(),
  };
}

/** The `.ovpn` file of a certificate; of `generic`, with which every user may log in, one-time codes are typed behind the password. */
export function profileText(
  store: Store,
  nodeAddress: string,
  certificate: NewCertificate,
  generic = false,
): string {
  const vpn = readServedSettings(store);
  const pair = readPairSettings(store);
  const own = pair === undefined ? nodeAddress : bareAddress(pair.virtualAddress);
  return renderProfile({
    kind: certificate.kind ?? 'user-locked',
    ...profileRemotes(vpn, own, generic),
    directives: vpn.directives.client,
    dataChannel: vpn.dataChannel,
    serverName: serverCommonName,
    certificateAuthority: requireIdentity(store, 'ca-certificate'),
    certificate: certificate.certificate,
    privateKey: certificate.privateKey,
    tlsCryptV2ClientKey: certificate.tlsCryptV2Key,
    oneTimeCode: !generic && store.users.find(certificate.userName)?.oneTimeKey !== undefined,
  });
}

export function latestInForce(
  source: { readonly certificates: { withCommonName(commonName: string): Certificate[] } },
  commonName: string,
): Certificate | undefined {
  return source.certificates
    .withCommonName(commonName)
    .filter((one) => one.revokedAt === undefined)
    .toSorted((a, b) => b.notAfter - a.notAfter)[0];
}

/** @throws TandemError `accounts.network-full` */
export function freeAddress(transaction: Transaction): string {
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
