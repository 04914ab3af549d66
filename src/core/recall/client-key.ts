/** The two keys of a client's tls-crypt-v2 key that protect packets of one direction. Secret. */
interface DirectionKeys {
  /** 32 bytes, AES-256. */
  readonly cipher: Uint8Array;
  /** 32 bytes, HMAC-SHA256. */
  readonly hmac: Uint8Array;
}

export interface ServerToClientKeys extends DirectionKeys {}
export interface ClientToServerKeys extends DirectionKeys {}

/*
 * A client key file holds Kc ‖ WKc. Kc is OpenVPN's `struct key2`: two times 64 bytes of cipher key and 64 bytes of HMAC
 * key, of which the first 32 are used. The first pair is the server's direction (crypto.h; doc/tls-crypt-v2.txt).
 */
const clientKeyLength = 256;
const pairLength = 128;
const hmacOffset = 64;
const usedLength = 32;

/** From the bytes inside `-----BEGIN OpenVPN tls-crypt-v2 client key-----`; undefined when they are too few. */
export function serverToClientKeys(bytes: Uint8Array): ServerToClientKeys | undefined {
  return direction(bytes, 0);
}

/** The other direction of the same bytes. */
export function clientToServerKeys(bytes: Uint8Array): ClientToServerKeys | undefined {
  return direction(bytes, pairLength);
}

function direction(bytes: Uint8Array, offset: number): DirectionKeys | undefined {
  if (bytes.length <= clientKeyLength) return undefined;
  return {
    cipher: bytes.slice(offset, offset + usedLength),
    hmac: bytes.slice(offset + hmacOffset, offset + hmacOffset + usedLength),
  };
}
