declare const durationBrand: unique symbol;

/** A span of time in whole or fractional microseconds. Never built from a bare number: say the unit. */
export type Duration = number & { readonly [durationBrand]: 'microseconds' };

export function milliseconds(count: number): Duration {
  return (count * 1000) as Duration;
}

export function seconds(count: number): Duration {
  return (count * 1_000_000) as Duration;
}

export function toMilliseconds(duration: Duration): number {
  return duration / 1000;
}

export function toSeconds(duration: Duration): number {
  return duration / 1_000_000;
}

export function times(duration: Duration, factor: number): Duration {
  return (duration * factor) as Duration;
}

export function sum(...durations: readonly Duration[]): Duration {
  return durations.reduce((total, duration) => total + duration, 0) as Duration;
}
