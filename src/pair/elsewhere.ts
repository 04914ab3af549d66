import type { Logger } from 'pino';
import type { Write } from '../accounts/write.ts';
import type { Verification } from '../replication/verification/verification.ts';
import type { NodeConfig } from '../settings/node.ts';
import { paths } from '../settings/paths.ts';
import type { Store } from '../store/store.ts';
import { Backups } from './backups.ts';
import { exchangeWith } from './exchange.ts';
import { Followers } from './followers.ts';
import { FollowingSide } from './following.ts';
import { Generations } from './generations.ts';
import type { Writer } from './writer.ts';

interface ElsewhereParts {
  readonly store: Store;
  readonly config: NodeConfig;
  readonly productVersion: string;
  readonly write: Write;
  readonly writer: Writer;
  readonly verification: Verification;
  readonly refuseUnlessActive: () => void;
  readonly refuseOnFollower: () => void;
  /** Of a pair, and not the active node. */
  readonly isStandby: () => boolean;
  readonly stopSending: () => void;
  readonly startSending: () => void;
  readonly log: Logger;
  readonly now: () => number;
}

/** The ways by which a node's data gets to other places, and back. */
export interface Elsewhere {
  readonly followers: Followers;
  /** On a machine that was set up as a follower. */
  readonly following: FollowingSide;
  readonly backups: Backups;
  /** On a standby: its last few good copies. */
  readonly generations: Generations;
}

export function elsewhereOf(parts: ElsewhereParts): Elsewhere {
  const backups = new Backups({
    ...parts,
    nodeName: parts.config.name,
    exchange: exchangeWith(parts),
    replacedDirectory: paths.replacedCopies,
  });
  const { verification, isStandby } = parts;
  return {
    followers: new Followers(parts),
    following: new FollowingSide(parts),
    backups,
    generations: new Generations({
      ...parts,
      directory: paths.generations,
      backup: () => backups.create('whole'),
      compared: () =>
        isStandby() && verification.damaged === undefined && verification.last?.result === 'compared',
    }),
  };
}
