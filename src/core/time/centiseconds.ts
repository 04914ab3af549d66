import { type Duration, milliseconds } from './duration.ts';

declare const centisecondsBrand: unique symbol;

/** A whole number of hundredths of a second: the unit VRRPv3 puts on the wire. */
export type Centiseconds = number & { readonly [centisecondsBrand]: 'centiseconds' };

export function centiseconds(count: number): Centiseconds {
  return count as Centiseconds;
}

export function toDuration(interval: Centiseconds): Duration {
  return milliseconds(interval * 10);
}
