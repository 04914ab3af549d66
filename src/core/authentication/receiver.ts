import { formatAddress, type IpAddress } from '../net/address.ts';
import type { Datagram } from '../net/ipv4-packet.ts';
import { ageSeconds, isAfter } from './sequence.ts';
import { type Hmac, isSignedWith, type Key, messageLength, readTrailer, TRAILER_LENGTH } from './trailer.ts';

/** `receive-only`: checks what is signed, signs nothing. `permissive`: signs, takes unsigned. `enforce`: takes signed only. */
type Mode = 'receive-only' | 'permissive' | 'enforce';

/** Why a packet is not authentic; each has a counter. */
export type Forgery =
  | 'authentication-missing'
  | 'authentication-malformed'
  | 'unknown-key'
  | 'wrong-key'
  | 'stale'
  | 'replayed';

export interface Policy {
  readonly mode: Mode;
  readonly keys: readonly Key[];
  /** The key to sign with. */
  readonly activeKey: number;
  /** How far two clocks may be apart, and how old a packet may be. */
  readonly windowSeconds: number;
}

/** The highest sequence number of each sender, the most recent last. */
export type Marks = ReadonlyMap<string, bigint>;

/** Signed senders only, so as few as there are nodes. */
const MOST_SENDERS = 16;

export type Opened =
  | { readonly ok: true; readonly datagram: Datagram; readonly marks: Marks }
  | { readonly ok: false; readonly forgery: Forgery; readonly datagram: Datagram };

/** Checks one packet and takes its trailer off. What fails changes no mark. Never throws. */
export function open(
  datagram: Datagram,
  policy: Policy,
  marks: Marks,
  wallClockMs: number,
  hmac: Hmac,
): Opened {
  const { payload, source } = datagram;
  const length = messageLength(payload, source.family);
  if (length === undefined || payload.length !== length + TRAILER_LENGTH) {
    if (policy.mode !== 'enforce') return { ok: true, datagram, marks };
    return { ok: false, forgery: 'authentication-missing', datagram };
  }
  // For IPv6 the checksum covers the trailer too, so the packet goes on as it came.
  const bare = source.family === 6 ? datagram : { ...datagram, payload: payload.slice(0, length) };
  const refused = (forgery: Forgery): Opened => ({ ok: false, forgery, datagram: bare });
  const trailer = readTrailer(payload.subarray(length));
  if (trailer === undefined) return refused('authentication-malformed');
  // Before the costly part; by itself it only refuses.
  if (!isCurrent(trailer.sequence, policy, wallClockMs)) return refused('stale');
  const key = policy.keys.find(({ id }) => id === trailer.keyId);
  if (key === undefined) return refused('unknown-key');
  if (!isSignedWith(payload, source, key, hmac)) return refused('wrong-key');
  const mark = marks.get(formatAddress(source));
  // A mark outside the window orders only what the window refuses already: a sender whose clock was corrected goes on.
  if (mark !== undefined && isCurrent(mark, policy, wallClockMs) && !isAfter(trailer.sequence, mark)) {
    return refused('replayed');
  }
  return { ok: true, datagram: bare, marks: marked(marks, source, trailer.sequence) };
}

function isCurrent(sequence: bigint, { windowSeconds }: Policy, wallClockMs: number): boolean {
  return Math.abs(ageSeconds(sequence, wallClockMs)) <= windowSeconds;
}

function marked(marks: Marks, source: IpAddress, sequence: bigint): Marks {
  const key = formatAddress(source);
  const next = new Map(marks);
  next.delete(key);
  next.set(key, sequence);
  const [oldest] = next.keys();
  if (next.size > MOST_SENDERS && oldest !== undefined) next.delete(oldest);
  return next;
}
