import type { Verdict } from '../election/verdict.ts';
import type { IpAddress } from '../net/address.ts';
import type { Centiseconds } from '../time/centiseconds.ts';
import type { Instant } from '../time/instant.ts';
import type { Peer } from './peers.ts';
import type { VirtualRouter } from './router.ts';
import type { Stats } from './stats.ts';

/** Why the state is what it is. */
export type Cause =
  | { readonly kind: 'not-started' }
  | { readonly kind: 'started' }
  | { readonly kind: 'start-delay' }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'link-down' }
  | { readonly kind: 'link-up' }
  /** The election says that this node must not serve. */
  | { readonly kind: 'ineligible'; readonly reasons: readonly string[] }
  | { readonly kind: 'eligible' }
  | { readonly kind: 'owner' }
  | { readonly kind: 'silence' }
  | { readonly kind: 'peer-left'; readonly peer: IpAddress }
  | { readonly kind: 'preempted'; readonly peer: IpAddress }
  | { readonly kind: 'outranked'; readonly peer: IpAddress; readonly priority: number }
  | { readonly kind: 'displaced'; readonly peer: IpAddress }
  /** The peer is active too and takes nothing of what this node signs. */
  | { readonly kind: 'unheard'; readonly peer: IpAddress }
  | { readonly kind: 'resigned' }
  | { readonly kind: 'taken-back' }
  | { readonly kind: 'lease-lapsed' }
  | { readonly kind: 'claim-failed'; readonly detail: string };

interface Common {
  /** With the effective priority. */
  readonly router: VirtualRouter;
  readonly verdict: Verdict;
  readonly since: Instant;
  readonly cause: Cause;
  readonly linkUp: boolean;
  readonly peers: readonly Peer[];
  readonly stats: Stats;
}

export interface Initialize extends Common {
  readonly name: 'initialize';
  /** False before `startup` and after `shutdown`. */
  readonly started: boolean;
  /** When the start delay ends, while it runs. */
  readonly startAt: Instant | undefined;
}

export interface Backup extends Common {
  readonly name: 'backup';
  /** RFC 9568 Active_Adver_Interval: what the Active announced, or our own before we heard one. */
  readonly activeInterval: Centiseconds;
  /** RFC 9568 Active_Down_Timer. */
  readonly activeDownAt: Instant;
  /** Who said that it leaves, if that is why the timer is short. */
  readonly leaver: IpAddress | undefined;
  /** A lower-priority Active is heard; from this moment on it is preempted. */
  readonly preemptFrom: Instant | undefined;
  /**
   * After a planned leave: `until` a successor must be heard or we take back; once one was heard (`to`) it is not
   * preempted as long as it serves.
   */
  readonly yielding: { readonly until: Instant } | { readonly to: IpAddress } | undefined;
}

export interface Active extends Common {
  readonly name: 'active';
  /** What it advertises and what is compared: the configured one, or above it after a takeover in a pair. */
  readonly priority: number;
  /** RFC 9568 Adver_Timer. */
  readonly advertiseAt: Instant;
  /** When the last advertisement really left. */
  readonly sentAt: Instant;
  /** When the lease of the addresses was last started. */
  readonly renewedAt: Instant;
}

export type State = Initialize | Backup | Active;
export type StateName = State['name'];

/** When the instance wants a `tick`, and what for. */
export interface Deadline {
  readonly reason: 'start-delay' | 'active-down' | 'resign-bound' | 'advertise';
  readonly at: Instant;
}

/** The one deadline a state waits for; undefined when only an input other than time changes it. */
export function deadline(state: State): Deadline | undefined {
  switch (state.name) {
    case 'initialize':
      return state.startAt === undefined || !state.linkUp
        ? undefined
        : { reason: 'start-delay', at: state.startAt };
    case 'backup':
      return state.yielding !== undefined && 'until' in state.yielding
        ? { reason: 'resign-bound', at: state.yielding.until }
        : { reason: 'active-down', at: state.activeDownAt };
    case 'active':
      return { reason: 'advertise', at: state.advertiseAt };
  }
}

/** How late `now` is for what the state waits for; negative when it is not due yet. */
export function lateness(state: State, now: Instant): number {
  const due = deadline(state);
  return due === undefined ? Number.NEGATIVE_INFINITY : now - due.at;
}
