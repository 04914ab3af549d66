/** The two keys of a client's tls-crypt-v2 key that protect packets from the server to the client. Secret. */
export interface ServerToClientKeys {
  /** 32 bytes, AES-256. */
  readonly cipher: Uint8Array;
  /** 32 bytes, HMAC-SHA256. */
  readonly hmac: Uint8Array;
}

/*
 * A client key file holds Kc ‖ WKc. Kc is OpenVPN's `struct key2`: two times 64 bytes of cipher key and 64 bytes of HMAC
 * key, of which the first 32 are used. The first pair is the server's direction (crypto.h; doc/tls-crypt-v2.txt).
 */
const clientKeyLength = 256;
const cipherOffset = 0;
const hmacOffset = 64;
const usedLength = 32;

/** From the bytes inside `-----BEGIN OpenVPN tls-crypt-v2 client key-----`; undefined when they are too few. */
export function serverToClientKeys(bytes: Uint8Array): ServerToClientKeys | undefined {
  if (bytes.length <= clientKeyLength) return undefined;
  return {
    cipher: bytes.slice(cipherOffset, cipherOffset + usedLength),
    hmac: bytes.slice(hmacOffset, hmacOffset + usedLength),
  };
}
