import { type Centiseconds, centiseconds } from '../time/centiseconds.ts';
import { type Duration, seconds } from '../time/duration.ts';

/** As UCARP's options of the same names. */
export interface CarpParameters {
  /** Whole seconds between advertisements, 0-255. */
  readonly advbase: number;
  /** In 256ths of a second, added to it; orders the nodes. 0-255. */
  readonly advskew: number;
  /** How many times `advbase` without an advertisement means that the master is gone. */
  readonly deadRatio: number;
}

/** The time between advertisements, exact: a 256th of a second is 0.390625 centiseconds. */
export function carpInterval({
  advbase,
  advskew,
}: Pick<CarpParameters, 'advbase' | 'advskew'>): Centiseconds {
  return centiseconds((advbase + advskew / 256) * 100);
}

/** UCARP's master-down time. The skew is not multiplied, and the node's own values count, not those it hears. */
export function carpDownInterval({ advbase, advskew, deadRatio }: CarpParameters): Duration {
  return seconds(advbase * deadRatio + advskew / 256);
}
