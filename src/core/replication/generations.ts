import { comparePositions, type Position } from './position.ts';

/** So many good copies stay; the oldest makes room. */
export const generationsKept = 3;
/** Three of them reach back a day. */
const apartMs: number = 8 * 3_600_000;
/** What has to stay free on the disk, in sizes of a copy: one beside the new one is written while it is checked. */
const roomFactor = 4;

/** One good copy that was set aside. */
export interface GenerationFacts {
  readonly position: Position;
  /** Wall clock, milliseconds since 1970. */
  readonly atMs: number;
}

/**
 * Whether a standby sets its copy aside now: it was compared with the active node's and is the same, it holds something that the
 * newest one does not, and that one is old enough (or from the future, where the clock was set back).
 */
export function generationDue(
  now: {
    readonly atMs: number;
    readonly position: Position;
    readonly compared: boolean;
    /** What the disk has free, and how long a copy is. */
    readonly freeBytes: number;
    readonly copyBytes: number;
  },
  newest: GenerationFacts | undefined,
): boolean {
  if (!now.compared || now.freeBytes < roomFactor * now.copyBytes) return false;
  if (newest === undefined) return true;
  const age = now.atMs - newest.atMs;
  return comparePositions(now.position, newest.position) !== 0 && (age >= apartMs || age < 0);
}
