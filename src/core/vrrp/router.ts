import type { IpAddress } from '../net/address.ts';
import type { Prefix } from '../net/prefix.ts';
import type { Centiseconds } from '../time/centiseconds.ts';
import type { Duration } from '../time/duration.ts';
import type { Dialect } from './dialect.ts';

/** How one virtual router is configured on this node. */
export interface VirtualRouter {
  readonly dialect: Dialect;
  /** 1-255: separates virtual routers on one LAN. */
  readonly vrid: number;
  /** 1-254, or 255 for the address owner. */
  readonly priority: number;
  readonly interval: Centiseconds;
  /** There are only two nodes: the skew, which orders several backups, is not waited for. */
  readonly pair: boolean;
  readonly preempt: boolean;
  /** How long a lower-priority Active is tolerated before it is preempted. */
  readonly preemptDelay: Duration;
  /** How long after the start this node takes no part. */
  readonly startDelay: Duration;
  /** At least one; all of the family of `source`. */
  readonly addresses: readonly Prefix[];
  /** Of either family: they come and go with the others, and no advertisement names them. None when left out. */
  readonly companions?: readonly Prefix[] | undefined;
  /** The kernel removes an address that was not renewed for this long. */
  readonly lease: Duration;
  /** The configuration of both nodes changes, so that for a while they do not agree about intervals and addresses. */
  readonly changing?: boolean | undefined;
  /** This node's own address on the interface: the source of its advertisements, and the tie-break. */
  readonly source: IpAddress;
}

/** Everything that whoever is active has. */
export function heldAddresses({ addresses, companions = [] }: VirtualRouter): readonly Prefix[] {
  return [...addresses, ...companions];
}

export const OWNER_PRIORITY = 255;
export const HIGHEST_BACKUP_PRIORITY = 254;
/** In an advertisement: the sender stops being Active. */
export const LEAVING_PRIORITY = 0;
