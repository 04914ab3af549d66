import { pair } from './set-up.ts';

const measuringSlackMs = 50;
/** The priority of the node that waits; RFC 9568 §6.1: Skew_Time = ((256 - Priority) × Active_Adver_Interval) / 256. */
const lowestPriority = 100;

/** How long the address may be away after a power loss: 3 × interval + skew, and 50 ms. Milliseconds. */
export const addressGapBoundMs: number =
  3 * pair.advertisementIntervalMs +
  ((256 - lowestPriority) * pair.advertisementIntervalMs) / 256 +
  measuringSlackMs;
