/** 64-bit sequence numbers made of a wall clock: seconds, 1/65536 of a second, and a counter. */

const MASK = 0xffff_ffff_ffff_ffffn;
const HALF = 0x8000_0000_0000_0000n;

/** `wallClockMs`: milliseconds since 1970, with fractions. */
export function clockSequence(wallClockMs: number): bigint {
  const seconds = Math.floor(wallClockMs / 1000);
  const fraction = Math.floor(((wallClockMs - seconds * 1000) * 65_536) / 1000);
  return ((BigInt(seconds) & 0xffff_ffffn) << 32n) | (BigInt(fraction) << 16n);
}

/** RFC 1982: `a` comes after `b`, also when the number has wrapped. */
export function isAfter(a: bigint, b: bigint): boolean {
  const difference = (a - b) & MASK;
  return difference !== 0n && difference < HALF;
}

/** Seconds by which the clock is ahead of the sequence number; negative when it is behind. */
export function ageSeconds(sequence: bigint, wallClockMs: number): number {
  const seconds = Math.floor(wallClockMs / 1000);
  return (seconds - Number(sequence >> 32n)) | 0;
}

/** Seconds from `earlier` to `later`, rounded down. */
export function secondsBetween(earlier: bigint, later: bigint): number {
  return Number(((later - earlier) & MASK) >> 32n);
}

/**
 * The number of the next packet: the clock's, or one more than the last when the clock has not advanced. After a
 * correction of the clock by more than the window it starts from the clock again; receivers forget in the same way.
 */
export function nextSequence(last: bigint, wallClockMs: number, windowSeconds: number): bigint {
  const clock = clockSequence(wallClockMs);
  if (isAfter(clock, last)) return clock;
  return -ageSeconds(last, wallClockMs) > windowSeconds ? clock : (last + 1n) & MASK;
}
