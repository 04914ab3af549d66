import { createHmac } from 'node:crypto';
import { type Marks, open, type Policy } from '../../core/authentication/receiver.ts';
import { nextSequence } from '../../core/authentication/sequence.ts';
import { sign } from '../../core/authentication/trailer.ts';
import type { IpAddress } from '../../core/net/address.ts';
import type { Datagram } from '../../core/net/ipv4-packet.ts';
import type { Advertisement } from '../../core/vrrp/codec.ts';
import type { Wire } from './wire.ts';

/** VRRP packets with the authentication trailer, over a wire without. */
export class SignedWire implements Wire {
  readonly #plain: Wire;
  readonly #policy: Policy;
  readonly #vrid: number;
  #sequence = 0n;
  #marks: Marks = new Map();

  /** `before`: the wire of the last configuration, so that a reload does not let old packets in again. */
  constructor(parts: { plain: Wire; policy: Policy; vrid: number }, before: SignedWire | undefined) {
    this.#plain = parts.plain;
    this.#policy = parts.policy;
    this.#vrid = parts.vrid;
    if (before === undefined) return;
    this.#sequence = before.#sequence;
    this.#marks = before.#marks;
  }

  encode(
    advertisement: Advertisement,
    path: { readonly source: IpAddress; readonly destination: IpAddress },
  ): Uint8Array {
    const message = this.#plain.encode(advertisement, path);
    const { mode, keys, activeKey, windowSeconds } = this.#policy;
    const key = keys.find(({ id }) => id === activeKey);
    if (mode === 'receive-only' || key === undefined) return message;
    this.#sequence = nextSequence(this.#sequence, Date.now(), windowSeconds);
    return sign(message, path.source, { keyId: key.id, sequence: this.#sequence }, key, hmacSha256);
  }

  open(datagram: Datagram): ReturnType<Wire['open']> {
    // Other virtual routers have other keys, or none; the protocol drops them by their number.
    if (datagram.payload[1] !== this.#vrid) return { datagram };
    const opened = open(datagram, this.#policy, this.#marks, Date.now(), hmacSha256);
    if (!opened.ok) return { datagram: opened.datagram, forgery: opened.forgery };
    this.#marks = opened.marks;
    return { datagram: opened.datagram };
  }
}

function hmacSha256(key: Uint8Array, message: Uint8Array): Uint8Array {
  return createHmac('sha256', key).update(message).digest();
}
