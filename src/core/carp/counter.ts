import { formatAddress, type IpAddress } from '../net/address.ts';

/** What is remembered of counters; see `nextCounter` and `acceptCounter`. */
export interface Counters {
  readonly last: bigint;
  /** The highest of each sender, the most recent last. */
  readonly heard: ReadonlyMap<string, bigint>;
}

export const NO_COUNTERS: Counters = { last: 0n, heard: new Map() };

/** Whoever knows the password can invent senders, so only the most recent ones are remembered. */
const MOST_SENDERS = 16;
const MASK = 0xffff_ffff_ffff_ffffn;

/**
 * The counter of the next advertisement: above everything sent and heard, and at least the microseconds since 1970, so that
 * a node that was restarted goes on above what it sent before. UCARP continues what it hears in the same way.
 */
export function nextCounter(
  counters: Counters,
  wallClockMicroseconds: bigint,
): { counter: bigint; counters: Counters } {
  const above = (counters.last + 1n) & MASK;
  const counter = wallClockMicroseconds > above ? wallClockMicroseconds : above;
  return { counter, counters: { ...counters, last: counter } };
}

/**
 * Takes in the counter of a verified packet; undefined when it is one that was used before. Only for nodes that all count
 * upwards: UCARP starts at random with every start, so among UCARP peers `refuseReplays` must be false.
 */
export function acceptCounter(
  counters: Counters,
  sender: IpAddress,
  counter: bigint,
  refuseReplays: boolean,
): Counters | undefined {
  const key = formatAddress(sender);
  const before = counters.heard.get(key);
  if (refuseReplays && before !== undefined && counter <= before) return undefined;
  const heard = new Map(counters.heard);
  heard.delete(key);
  heard.set(key, counter);
  const [oldest] = heard.keys();
  if (heard.size > MOST_SENDERS && oldest !== undefined) heard.delete(oldest);
  // A random counter of a UCARP that has just started is continued as UCARP would.
  const last = !refuseReplays || counter > counters.last ? counter : counters.last;
  return { last, heard };
}
