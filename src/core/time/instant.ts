import type { Duration } from './duration.ts';

declare const instantBrand: unique symbol;

/** A point on the machine's boot clock in microseconds. Says nothing about the time of day; survives suspend. */
export type Instant = number & { readonly [instantBrand]: 'microseconds since boot' };

export function instant(microsecondsSinceBoot: number): Instant {
  return microsecondsSinceBoot as Instant;
}

export function after(start: Instant, span: Duration): Instant {
  return (start + span) as Instant;
}

/** The time from `earlier` to `later`; negative when they are given the wrong way round. */
export function between(earlier: Instant, later: Instant): Duration {
  return (later - earlier) as number as Duration;
}
