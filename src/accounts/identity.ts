import { type CertificateAuthority, createCertificateAuthority } from '../access/pki/authority.ts';
import { issueServerCertificate } from '../access/pki/certificates.ts';
import { keyTypeOf } from '../access/pki/import.ts';
import { generateAuthTokenSecret, generateTlsCryptV2ServerKey } from '../access/pki/openvpn-keys.ts';
import { TandemError } from '../core/errors.ts';
import type { KeyType } from '../core/vpn/certificate-keys.ts';
import type { Identity, IdentityName } from '../store/identity/identity.ts';
import type { Transaction } from '../store/transaction.ts';

/** Both nodes present themselves under this name; profiles insist on it (`verify-x509-name`). */
export const serverCommonName = 'tandem-server';

const authorityDays = 3_650;
export const serverDays = 3_650;

/**
 * Everything that makes a server one a client trusts, made once for the pair: the authority, the server's certificate,
 * the key for tls-crypt-v2 and the secret of the session tokens. Returns the change that stores them.
 */
export async function createIdentity(
  now: Date,
  wish: {
    readonly keyType?: KeyType | undefined;
    readonly authority?: CertificateAuthority | undefined;
  } = {},
): Promise<(transaction: Transaction) => void> {
  const authority =
    wish.authority ??
    (await createCertificateAuthority({
      commonName: 'Tandem certificate authority',
      now,
      validDays: authorityDays,
      ...(wish.keyType === undefined ? {} : { keyType: wish.keyType }),
    }));
  const server = await issueServerCertificate(authority, {
    commonName: serverCommonName,
    now,
    validDays: serverDays,
  });
  const values: Record<Exclude<IdentityName, 'crl-number' | `web-${string}`>, string> = {
    'ca-certificate': authority.certificatePem,
    'ca-private-key': authority.privateKeyPem,
    'server-certificate': server.certificatePem,
    'server-private-key': server.privateKeyPem,
    'tls-crypt-v2-server-key': await generateTlsCryptV2ServerKey(),
    'auth-token-secret': await generateAuthTokenSecret(),
  };
  return (transaction) => {
    for (const [name, value] of Object.entries(values)) transaction.identity.set(name as IdentityName, value);
  };
}

/** @throws TandemError `accounts.identity-missing` on a node that has not received its copy yet */
export function requireIdentity(store: { readonly identity: Identity }, name: IdentityName): string {
  const value = store.identity.get(name);
  if (value !== undefined) return value;
  throw new TandemError({
    code: 'accounts.identity-missing',
    culprit: 'operator',
    message: `This node has no ${name}: it was never set up as primary and has not received a copy.`,
    hint: 'Pair it from the primary node: tandem failover set',
  });
}

export function readAuthority(store: { readonly identity: Identity }): CertificateAuthority {
  return {
    certificatePem: requireIdentity(store, 'ca-certificate'),
    privateKeyPem: requireIdentity(store, 'ca-private-key'),
    keyType: keyTypeOf(requireIdentity(store, 'ca-certificate')),
  };
}
