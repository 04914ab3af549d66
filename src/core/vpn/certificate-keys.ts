/** What a key is made of. An authority has EC P-384 unless the administrator chose otherwise. */
export type KeyType = 'ec-p384' | 'ec-p256' | 'rsa-3072' | 'rsa-4096';

/** What the certificates of servers and profiles get; `automatic` goes by the authority. */
export type CertificateKeys = 'automatic' | KeyType;

/**
 * The key of a certificate that an authority of that type signs. Each handshake signs and verifies with it on both ends:
 * with P-384 that takes ten times as long as with P-256, and a crowd that comes back waits for it. An authority lives
 * longest and signs seldom: it keeps the larger curve. Below RSA, chosen for the sake of other programs, all is RSA.
 */
export function leafKeyType(authority: KeyType, wish: CertificateKeys): KeyType {
  if (wish !== 'automatic') return wish;
  return authority === 'ec-p384' ? 'ec-p256' : authority;
}
