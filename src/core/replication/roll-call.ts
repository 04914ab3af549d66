import { comparePositions, type Head } from './position.ts';

/**
 * Whether this node is to serve where neither does and each may lack changes: its history goes further, or both are the same and it
 * is the first of the two. Never true on both. Two histories that end at one position in different entries are left to a person.
 */
export function hasNewestCopy(own: Head, other: Head, isFirst: boolean): boolean {
  const order = comparePositions(own.position, other.position);
  return order > 0 || (order === 0 && own.hash === other.hash && isFirst);
}
