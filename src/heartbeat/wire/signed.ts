import { createHmac } from 'node:crypto';
import { isOurs, type Marks, open, type Policy } from '../../core/authentication/receiver.ts';
import { ageSeconds, nextSequence } from '../../core/authentication/sequence.ts';
import { readTrailer, sign, TRAILER_LENGTH } from '../../core/authentication/trailer.ts';
import { formatAddress } from '../../core/net/address.ts';
import type { Datagram } from '../../core/net/ipv4-packet.ts';
import { type Advertisement, sealIpv6 } from '../../core/vrrp/codec.ts';
import type { ClockDifference, Opened, Way, Wire } from './wire.ts';

/** A clock that was not seen to be wrong again for so long is not told of. */
const SHOWN_FOR_MS = 60_000;
/** Whether a packet that is too old is one of ours is looked at so often: it costs a digest. */
const LOOK_EVERY_MS = 1_000;
const MOST_CLOCKS = 16;

/** What must outlive a change of the configuration, so that it does not let old packets in again. */
interface Memory {
  sequence: bigint;
  marks: Marks;
  readonly clocks: Map<string, ClockDifference & { readonly atMs: number }>;
  lookedAtMs: number;
}

function noMemory(): Memory {
  return { sequence: 0n, marks: new Map(), clocks: new Map(), lookedAtMs: Number.NEGATIVE_INFINITY };
}

/** VRRP packets with the authentication trailer, over a wire without. */
export class SignedWire implements Wire {
  readonly #plain: Wire;
  readonly #policy: Policy;
  readonly #vrid: number;
  readonly #memory: Memory;

  /** `before`: the wire of the last configuration. */
  constructor(parts: { plain: Wire; policy: Policy; vrid: number }, before: SignedWire | undefined) {
    this.#plain = parts.plain;
    this.#policy = parts.policy;
    this.#vrid = parts.vrid;
    this.#memory = before === undefined ? noMemory() : before.#memory;
  }

  /** The same number on every path, so that the other node knows a copy from a replay. */
  encoders(advertisement: Advertisement): readonly ((path: Way) => Uint8Array)[] {
    const plain = this.#plain.encoders(advertisement);
    const { mode, keys, activeKey, windowSeconds } = this.#policy;
    const key = keys.find(({ id }) => id === activeKey);
    if (mode === 'receive-only' || key === undefined) return plain;
    const sequence = nextSequence(this.#memory.sequence, Date.now(), windowSeconds);
    this.#memory.sequence = sequence;
    return plain.map((encode) => (path) => {
      const packet = sign(encode(path), path.source, { keyId: key.id, sequence }, key, hmacSha256);
      return path.source.family === 6 ? sealIpv6(packet, path) : packet;
    });
  }

  open(datagram: Datagram): Opened {
    // Other virtual routers have other keys, or none; the protocol drops them by their number.
    if (datagram.payload[1] !== this.#vrid) return { datagram };
    const opened = open(datagram, this.#policy, this.#memory.marks, Date.now(), hmacSha256);
    if (!opened.ok) {
      if (opened.forgery === 'stale') this.#noteStale(datagram);
      return { datagram: opened.datagram, forgery: opened.forgery };
    }
    this.#memory.marks = opened.marks;
    if (opened.clockAhead !== undefined) this.#noteClock(datagram, opened.clockAhead);
    const { copy, keyId } = opened;
    // Who signs nothing is not refused for its clock.
    const deaf = opened.deaf && this.#policy.mode !== 'receive-only';
    return { datagram: opened.datagram, copy, deaf, keyId };
  }

  get clockDifferences(): readonly ClockDifference[] {
    const now = performance.now();
    return [...this.#memory.clocks.values()].filter(({ atMs }) => now - atMs < SHOWN_FOR_MS);
  }

  #noteStale(datagram: Datagram): void {
    const now = performance.now();
    if (now - this.#memory.lookedAtMs < LOOK_EVERY_MS) return;
    this.#memory.lookedAtMs = now;
    if (!isOurs(datagram, this.#policy, hmacSha256)) return;
    const trailer = readTrailer(datagram.payload.subarray(-TRAILER_LENGTH));
    if (trailer !== undefined) this.#noteClock(datagram, -ageSeconds(trailer.sequence, Date.now()));
  }

  #noteClock(datagram: Datagram, aheadSeconds: number): void {
    const { windowSeconds } = this.#policy;
    const address = datagram.sender ?? datagram.source;
    const name = formatAddress(address);
    const { clocks } = this.#memory;
    const isLarge = Math.abs(aheadSeconds) > Math.max(2, windowSeconds / 2);
    if (!isLarge) {
      // A node whose packets are current, and another recording of it that is not: the old one stays told of.
      if ((clocks.get(name)?.aheadSeconds ?? 0) >= -windowSeconds) clocks.delete(name);
      return;
    }
    if (clocks.size >= MOST_CLOCKS && !clocks.has(name)) clocks.clear();
    clocks.set(name, { address, aheadSeconds, windowSeconds, atMs: performance.now() });
  }
}

function hmacSha256(key: Uint8Array, message: Uint8Array): Uint8Array {
  return createHmac('sha256', key).update(message).digest();
}
