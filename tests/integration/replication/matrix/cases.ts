import type { LinkBlow } from './relay.ts';
import type { Blow } from './steps.ts';

/** What the pair is doing when it is struck. */
type Situation =
  /** Writes are replicated. */
  | 'tail'
  /** The standby fetches a whole copy. */
  | 'copy'
  /** The standby's disk was replaced. */
  | 'new disk'
  /** A node that has changes of its own comes back. */
  | 'return'
  /** The active node fails and the standby takes over. */
  | 'promote';

export interface Case {
  readonly situation: Situation;
  readonly strike:
    | { readonly at: 'active' | 'standby'; readonly step: string; readonly blow: Blow }
    | {
        readonly at: 'link';
        readonly frame: string;
        readonly blow:
          | LinkBlow['how']
          | 'kill active'
          | 'kill standby'
          | 'power active'
          | 'power standby'
          | 'freeze active'
          | 'freeze standby';
      }
    /** At no step in particular. */
    | {
        readonly at: 'any time';
        readonly blow:
          | 'kill active'
          | 'kill standby'
          | 'power active'
          | 'power standby'
          | 'freeze active'
          | 'freeze standby'
          | 'fill active'
          | 'fill standby'
          | 'cut';
      };
}

/** docs/formats/replication.md */
export const frameTypes: Readonly<Record<string, readonly ['out' | 'back', number]>> = {
  greeting: ['out', 1],
  'greeting back': ['back', 1],
  tail: ['out', 5],
  'snapshot-begin': ['out', 6],
  'snapshot-chunk': ['out', 7],
  'snapshot-end': ['out', 8],
  entry: ['out', 9],
  acknowledgement: ['back', 10],
  pong: ['back', 12],
};

const blows = ['kill', 'power', 'freeze', 'fill'] as const;
const stepsOf: Readonly<
  Record<
    Situation,
    {
      readonly active: readonly string[];
      readonly standby: readonly string[];
      readonly frames: readonly string[];
    }
  >
> = {
  tail: {
    active: ['write', 'write inside', 'write done', 'synced', 'synced done'],
    standby: ['apply', 'apply done', 'synced', 'synced done', 'syncIfQuick', 'syncIfQuick done'],
    frames: ['entry', 'acknowledgement', 'pong'],
  },
  copy: {
    active: ['snapshotTo', 'snapshotTo done', 'async open', 'async rm'],
    standby: [
      'async open',
      'replaceWith',
      'fsyncSync',
      'rmSync',
      'renameSync',
      'replaceWith done',
      'async rm',
    ],
    frames: [
      'greeting',
      'greeting back',
      'snapshot-begin',
      'snapshot-chunk',
      'snapshot-end',
      'acknowledgement',
    ],
  },
  'new disk': {
    active: ['snapshotTo', 'snapshotTo done', 'async open'],
    standby: ['async open', 'replaceWith', 'renameSync', 'replaceWith done', 'apply', 'synced done'],
    frames: ['greeting', 'snapshot-begin', 'snapshot-chunk', 'snapshot-end', 'acknowledgement', 'entry'],
  },
  return: {
    active: ['snapshotTo', 'snapshotTo done'],
    standby: [
      'async mkdir',
      'async open',
      'snapshotTo',
      'snapshotTo done',
      'async rename',
      'async rm',
      'replaceWith',
      'renameSync',
      'fsyncSync',
      'replaceWith done',
      'apply',
    ],
    frames: [
      'greeting',
      'greeting back',
      'snapshot-begin',
      'snapshot-chunk',
      'snapshot-end',
      'acknowledgement',
    ],
  },
  promote: {
    active: ['write', 'write inside', 'write done', 'synced', 'synced done'],
    standby: ['openEpoch', 'openEpoch done'],
    frames: [],
  },
};
const linkBlows = [
  'cut before',
  'cut within',
  'cut after',
  'garble',
  'silence',
  'delay',
  'kill active',
  'kill standby',
  'power active',
  'power standby',
  'freeze active',
  'freeze standby',
] as const;
const anyTime = [
  'kill active',
  'kill standby',
  'power active',
  'power standby',
  'freeze active',
  'freeze standby',
  'fill active',
  'fill standby',
  'cut',
] as const;

/** Every step with everything that can happen at it. */
export function allCases(): Case[] {
  const cases: Case[] = [];
  for (const situation of Object.keys(stepsOf) as Situation[]) {
    for (const at of ['active', 'standby'] as const)
      for (const step of stepsOf[situation][at])
        for (const blow of blows) cases.push({ situation, strike: { at, step, blow } });
    for (const frame of stepsOf[situation].frames)
      for (const blow of linkBlows) cases.push({ situation, strike: { at: 'link', frame, blow } });
    for (const blow of anyTime) cases.push({ situation, strike: { at: 'any time', blow } });
  }
  return cases;
}
