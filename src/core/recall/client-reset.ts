import type { ClientToServerKeys } from './client-key.ts';
import type { PacketCrypto } from './packet.ts';

/** P_CONTROL_HARD_RESET_CLIENT_V3 (ssl_pkt.h), key id 0: how a tls-crypt-v2 client begins a session. */
export const clientResetByte: number = 10 << 3;

const headLength = 1 + 8 + 8;
const tagLength = 32;
const ivLength = 16;
/** The wrapped key at the end says in its last two bytes how long it is (doc/tls-crypt-v2.txt). */
const lengthLength = 2;

/**
 * Whether this packet is how the owner of these keys begins a session, and not something that anybody can make up: only
 * then does it say anything about that client. It may still have been recorded and sent again.
 *
 * opcode (1) ‖ session id (8) ‖ packet id and time (8) ‖ HMAC-SHA256 (32) ‖ AES-256-CTR of the rest ‖ wrapped key.
 */
export function isResetOf(packet: Uint8Array, keys: ClientToServerKeys, crypto: PacketCrypto): boolean {
  if (packet[0] !== clientResetByte || packet.length <= headLength + tagLength + lengthLength) return false;
  const wrapped = new DataView(packet.buffer, packet.byteOffset + packet.length - lengthLength).getUint16(0);
  const end = packet.length - wrapped;
  if (end <= headLength + tagLength) return false;
  const head = packet.subarray(0, headLength);
  const tag = packet.subarray(headLength, headLength + tagLength);
  const sealed = packet.subarray(headLength + tagLength, end);
  const plain = crypto.aes256Ctr(keys.cipher, tag.subarray(0, ivLength), sealed);
  const signed = new Uint8Array(headLength + plain.length);
  signed.set(head);
  signed.set(plain, headLength);
  const expected = crypto.hmacSha256(keys.hmac, signed);
  // What differs is told to nobody, so the time it takes to find out tells nothing.
  return expected.every((byte, index) => byte === tag[index]);
}
