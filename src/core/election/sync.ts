import { type Duration, seconds } from '../time/duration.ts';
import { between, type Instant } from '../time/instant.ts';

/** When a node takes over from one that vanished: in any case, or only with a copy that is known to have every change. */
export const takeoverPolicies = ['always', 'in-sync'] as const;
export type TakeoverPolicy = (typeof takeoverPolicies)[number];

/** What the election knows of the copy that this node would serve with. */
export interface CopyWatch {
  readonly policy: TakeoverPolicy;
  /** When it was last known to have every change. */
  readonly inSyncAt: Instant | undefined;
  /** When anybody, this node too, was last known to serve: from then on nothing can have been changed. */
  readonly servedAt: Instant | undefined;
  /** A person wants this node to take over whatever its copy is. */
  readonly forced: boolean;
}

/** The word that the copy has everything comes each second; an answer to a writer waits two seconds for the standby. */
const WORD_COUNTS_FOR: Duration = seconds(3);

/** Undefined where there is nothing to watch: a heartbeat that is used by itself. */
export function watchCopy(policy: TakeoverPolicy | undefined, known?: CopyWatch): CopyWatch | undefined {
  if (policy === undefined) return undefined;
  return { inSyncAt: undefined, servedAt: undefined, forced: false, ...known, policy };
}

/** What the node's data service says of its copy. */
export function copyWord(watch: CopyWatch, now: Instant, inSync: boolean): CopyWatch {
  return { ...watch, inSyncAt: inSync ? now : undefined };
}

/** Somebody serves or was heard until `at`; a wish to take over is fulfilled or void then. */
export function servedUntil(watch: CopyWatch, at: Instant | undefined, someoneServes: boolean): CopyWatch {
  const servedAt = at === undefined || (watch.servedAt ?? at) > at ? watch.servedAt : at;
  return { ...watch, servedAt, forced: watch.forced && !someoneServes };
}

/** Whether this copy was known to have everything when somebody last served. What was silent since cannot have changed. */
export function isInSync({ inSyncAt, servedAt }: CopyWatch, now: Instant): boolean {
  return inSyncAt !== undefined && between(inSyncAt, servedAt ?? now) <= WORD_COUNTS_FOR;
}

/** When time alone makes a copy doubtful, should the active node go on without another word. */
export function doubtfulAt({ inSyncAt }: CopyWatch): Instant | undefined {
  return inSyncAt === undefined ? undefined : ((inSyncAt + WORD_COUNTS_FOR) as Instant);
}
