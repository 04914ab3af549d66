import { ByteWriter } from '../bytes/writer.ts';
import type { ServerToClientKeys } from './client-key.ts';

/** The two primitives of tls-crypt, brought by the edge. */
export interface PacketCrypto {
  readonly hmacSha256: (key: Uint8Array, data: Uint8Array) => Uint8Array;
  readonly aes256Ctr: (key: Uint8Array, iv: Uint8Array, data: Uint8Array) => Uint8Array;
}

export interface RecallPacket {
  readonly keys: ServerToClientKeys;
  /** 8 random bytes: no session of the client has this id, so it starts a new one beside the one it has. */
  readonly sessionId: Uint8Array;
  /** Unix time. */
  readonly nowSeconds: number;
}

/** P_CONTROL_HARD_RESET_SERVER_V2 (ssl_pkt.h), key id 0. */
const recallOpcodeByte: number = 8 << 3;
export const recallPacketLength = 60;

const sessionIdLength = 8;
const ivLength = 16;
/**
 * The client compares the time in tls-crypt packet ids: what the server sends next must be newer than this, or it looks
 * replayed and one or two seconds are lost.
 */
const agedSeconds = 2;
/** TLV EARLY_NEG_FLAGS, 2 bytes, RESEND_WKC: the client shows its wrapped key again (doc/tls-crypt-v2.txt). */
const resendWrappedKey = [0x0001, 0x0002, 0x0001] as const;

/**
 * The packet that brings one client back: a server's hard reset that only the owner of that tls-crypt-v2 key accepts.
 * A client with a tls-crypt v1 key must never get it.
 *
 * opcode (1) ‖ session id (8) ‖ packet id (4) ‖ time (4) ‖ HMAC-SHA256 (32) ‖ AES-256-CTR of the rest: number of
 * acknowledgements 0 (1) ‖ message packet id 0 (4) ‖ TLV (6). The first half of the HMAC is the IV (doc/tls-crypt.txt).
 */
export function buildRecallPacket(packet: RecallPacket, crypto: PacketCrypto): Uint8Array {
  const head = new ByteWriter(1 + sessionIdLength + 8)
    .u8(recallOpcodeByte)
    .bytes(packet.sessionId.subarray(0, sessionIdLength))
    .u32(1)
    .u32(packet.nowSeconds - agedSeconds)
    .finish();
  const body = new ByteWriter(11).u8(0).u32(0);
  for (const word of resendWrappedKey) body.u16(word);
  const plain = body.finish();
  const tag = crypto.hmacSha256(
    packet.keys.hmac,
    new ByteWriter(head.length + plain.length).bytes(head).bytes(plain).finish(),
  );
  const sealed = crypto.aes256Ctr(packet.keys.cipher, tag.subarray(0, ivLength), plain);
  return new ByteWriter(recallPacketLength).bytes(head).bytes(tag).bytes(sealed).finish();
}
