import { carpDownInterval } from '../carp/timers.ts';
import { type Centiseconds, centiseconds, toDuration } from '../time/centiseconds.ts';
import { type Duration, milliseconds, seconds, sum, times, toSeconds } from '../time/duration.ts';
import type { VirtualRouter } from './router.ts';

/** RFC 9568 §6.1 Skew_Time: the lower the priority, the longer. Fractions of a centisecond are kept. */
export function skewTime(priority: number, activeInterval: Centiseconds): Duration {
  return times(toDuration(activeInterval), (256 - priority) / 256);
}

/** RFC 9568 §6.1 Active_Down_Interval; in a pair without the skew. `activeInterval` is what the Active announced. */
export function activeDownInterval(router: VirtualRouter, activeInterval: Centiseconds): Duration {
  if (router.dialect.name === 'carp') return carpDownInterval(router.dialect.parameters);
  return sum(times(toDuration(activeInterval), 3), claimDelay(router, activeInterval));
}

/** How long to wait when the Active said that it leaves: Skew_Time, in a pair nothing. */
export function claimDelay(router: VirtualRouter, activeInterval: Centiseconds): Duration {
  if (router.dialect.name === 'carp') return milliseconds(0);
  // RFC 3768 §6.1: version 2 skews by parts of a second, whatever the interval is.
  if (router.dialect.name === 'vrrp2' && !router.pair) return skewTime(router.priority, centiseconds(100));
  return router.pair ? milliseconds(0) : skewTime(router.priority, activeInterval);
}

/**
 * Renewals happen when an advertisement was sent, at most this often, so that short intervals do not ask the kernel
 * a hundred times a second.
 */
export function renewalPeriod(lease: Duration): Duration {
  return times(lease, 1 / 4);
}

/** The kernel rounds ages up to 20 ms in its favour; from here on an address must be taken for gone. */
export function lapseAfter(lease: Duration): Duration {
  return (lease - milliseconds(100)) as Duration;
}

/** The smallest whole number of seconds that a renewal per advertisement sustains with half an interval to spare. */
export function smallestLease(interval: Centiseconds): Duration {
  const needed = sum(times(toDuration(interval), 1.5), milliseconds(250));
  return seconds(Math.ceil(toSeconds(needed)));
}
