import { formatAddress } from '../net/address.ts';
import type { Datagram } from '../net/ipv4-packet.ts';
import { ageSeconds, isAfter, secondsBetween } from './sequence.ts';
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

/** What is remembered of one sender, whatever the paths by which it is heard. */
interface Mark {
  /** Of the newest advertisement that was taken. */
  readonly latest: bigint;
  /** The highest number ever taken; differs from `latest` after the sender's clock was set back. */
  readonly highest: bigint;
  /** The last number that came by each path. */
  readonly paths: ReadonlyMap<string, bigint>;
}

/** By sender, the most recent last. */
export type Marks = ReadonlyMap<string, Mark>;

/** Signed senders only, so as few as there are nodes. */
const MOST_SENDERS = 16;
/** How far a copy may lag behind the one that came by another path. */
const LATEST_COPY_SECONDS = 1;

export type Opened =
  | {
      readonly ok: true;
      readonly datagram: Datagram;
      readonly marks: Marks;
      /** The same advertisement has come by another path before: only the path is news. */
      readonly copy: boolean;
      /** Seconds by which the sender's clock is ahead of ours, negative when behind; undefined where it is not signed. */
      readonly clockAhead: number | undefined;
      /** Its clock is so far ahead that it refuses what we sign. */
      readonly deaf: boolean;
      readonly keyId: number | undefined;
    }
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
  // What came by no path of ours is dropped for that, and must not move a mark.
  const isUnsigned = length === undefined || payload.length !== length + TRAILER_LENGTH;
  if (datagram.path === null || (isUnsigned && policy.mode !== 'enforce')) {
    return { ok: true, datagram, marks, copy: false, clockAhead: undefined, deaf: false, keyId: undefined };
  }
  if (isUnsigned) return { ok: false, forgery: 'authentication-missing', datagram };
  // For IPv6 the checksum covers the trailer too, so the packet goes on as it came.
  const bare = source.family === 6 ? datagram : { ...datagram, payload: payload.slice(0, length) };
  const refused = (forgery: Forgery): Opened => ({ ok: false, forgery, datagram: bare });
  const trailer = readTrailer(payload.subarray(length));
  if (trailer === undefined) return refused('authentication-malformed');
  const age = ageSeconds(trailer.sequence, wallClockMs);
  // Before the costly part; by itself it only refuses. What is ahead of our clock cannot be a recording.
  if (age > policy.windowSeconds) return refused('stale');
  const key = policy.keys.find(({ id }) => id === trailer.keyId);
  if (key === undefined) return refused('unknown-key');
  if (!isSignedWith(payload, source, key, hmac)) return refused('wrong-key');
  const sender = formatAddress(datagram.sender ?? source);
  const path = datagram.path ?? '';
  const mark = marks.get(sender);
  const order = compare(trailer.sequence, path, mark, policy, wallClockMs);
  if (order === 'replayed') return refused('replayed');
  return {
    ok: true,
    datagram: bare,
    marks: remembered(marks, sender, next(mark, trailer.sequence, path, order)),
    copy: order === 'copy',
    clockAhead: -age,
    // A second less than what it refuses: both round their clocks down.
    deaf: -age >= policy.windowSeconds,
    keyId: key.id,
  };
}

/**
 * True for a packet that one of our keys signed, whatever the time that it names: to tell a clock that is wrong from
 * somebody who guesses.
 */
export function isOurs({ payload, source }: Datagram, { keys }: Policy, hmac: Hmac): boolean {
  const length = messageLength(payload, source.family);
  if (length === undefined || payload.length !== length + TRAILER_LENGTH) return false;
  const trailer = readTrailer(payload.subarray(length));
  const key = keys.find(({ id }) => id === trailer?.keyId);
  return key !== undefined && isSignedWith(payload, source, key, hmac);
}

function compare(
  sequence: bigint,
  path: string,
  mark: Mark | undefined,
  { windowSeconds }: Policy,
  wallClockMs: number,
): 'new' | 'copy' | 'replayed' {
  if (mark === undefined) return 'new';
  const isCurrent = (number: bigint): boolean => Math.abs(ageSeconds(number, wallClockMs)) <= windowSeconds;
  // A number ahead of our clock must be the highest ever. For others a mark outside the window orders only what the
  // window refuses already: a sender whose clock was corrected goes on.
  const counts = isCurrent(sequence) ? isCurrent : (): boolean => true;
  const newest = isCurrent(sequence) ? mark.latest : mark.highest;
  const last = mark.paths.get(path);
  if (last !== undefined && counts(last) && !isAfter(sequence, last)) return 'replayed';
  if (!counts(newest) || isAfter(sequence, newest)) return 'new';
  // From a time when the sender's clock was ahead: nobody has a copy of that under way any more.
  if (newest !== mark.latest) return 'replayed';
  return secondsBetween(sequence, newest) <= LATEST_COPY_SECONDS ? 'copy' : 'replayed';
}

function next(mark: Mark | undefined, sequence: bigint, path: string, order: 'new' | 'copy'): Mark {
  const paths = new Map(mark?.paths);
  paths.set(path, sequence);
  if (mark === undefined) return { latest: sequence, highest: sequence, paths };
  if (order === 'copy') return { ...mark, paths };
  const highest = isAfter(sequence, mark.highest) ? sequence : mark.highest;
  return { latest: sequence, highest, paths };
}

function remembered(marks: Marks, sender: string, mark: Mark): Marks {
  const result = new Map(marks);
  result.delete(sender);
  result.set(sender, mark);
  const [oldest] = result.keys();
  if (result.size > MOST_SENDERS && oldest !== undefined) result.delete(oldest);
  return result;
}
