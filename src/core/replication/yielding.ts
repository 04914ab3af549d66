/** What an active node knows when the other one presents itself as standby. */
export interface Standings {
  /** When this node became active its copy was known to have every change. */
  readonly wasInSync: boolean;
  /** The last epoch that this node knew of before it became active this time. */
  readonly epochBefore: number;
  /** Of the newest entry that the other node holds. */
  readonly peerEpoch: number;
  /** That entry is one of this node's own: the other one is behind, not ahead. */
  readonly isKnown: boolean;
  /** Somebody changed something here since then. */
  readonly hasWritten: boolean;
}

/**
 * Whether the other node holds what was written after this one was last in touch, and nothing speaks for this one: both were
 * off, and the one with the older copy came up first. Once something was changed here there are two histories, and the one that
 * people have been working with since stays. What a node had for itself alone that died while this one was in step is no reason:
 * a node that comes back displaces nobody.
 */
export function shouldYield(standings: Standings): boolean {
  const { wasInSync, epochBefore, peerEpoch, isKnown, hasWritten } = standings;
  return !wasInSync && peerEpoch >= epochBefore && !isKnown && !hasWritten;
}
