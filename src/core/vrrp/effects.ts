import type { IpAddress } from '../net/address.ts';
import type { Prefix } from '../net/prefix.ts';
import type { Duration } from '../time/duration.ts';
import type { Advertisement } from './codec.ts';
import type { Cause, StateName } from './state.ts';
import type { DropReason } from './stats.ts';

/**
 * What the driver is to do, in the order given. When the address cannot be had, the rest of the list is not done; the
 * failure comes back as an input. A failure of any other kind leaves the rest to be done.
 */
export type Effect =
  /** Add the addresses to the interface with this lease. Failure: `claim-failed`. */
  | { readonly type: 'claim'; readonly addresses: readonly Prefix[]; readonly lease: Duration }
  /** Restart the lease of addresses that are held. Failure: `claim-failed`. */
  | { readonly type: 'renew'; readonly addresses: readonly Prefix[]; readonly lease: Duration }
  /** Have these as well: add them, or restart their lease. One that cannot be had is told and tried again; the rest goes on. */
  | { readonly type: 'accompany'; readonly addresses: readonly Prefix[]; readonly lease: Duration }
  /** Remove the addresses. That one is not there is no failure. */
  | { readonly type: 'release'; readonly addresses: readonly Prefix[] }
  /** Tell the neighbours that the addresses are here now (gratuitous ARP). */
  | { readonly type: 'announce'; readonly addresses: readonly Prefix[] }
  /** Send on every path. Answered by `advertised` or `advertise-failed`. */
  | { readonly type: 'advertise'; readonly advertisement: Advertisement }
  /** The state changed. Always after everything that moves the address. */
  | { readonly type: 'transition'; readonly from: StateName; readonly to: StateName; readonly cause: Cause }
  /** The answer to `resign`. */
  | { readonly type: 'resign-outcome'; readonly outcome: ResignOutcome }
  /** Something to log; repeated reports may be folded. */
  | { readonly type: 'report'; readonly report: Report };

export type ResignOutcome =
  | { readonly kind: 'handed-over'; readonly successor: IpAddress }
  | { readonly kind: 'taken-back' }
  | { readonly kind: 'not-active' }
  | { readonly kind: 'interrupted' };

export type Report =
  | { readonly kind: 'dropped'; readonly reason: DropReason; readonly source: IpAddress }
  | { readonly kind: 'interval-mismatch'; readonly source: IpAddress; readonly theirs: Duration }
  | { readonly kind: 'address-mismatch'; readonly source: IpAddress; readonly theirs: readonly IpAddress[] }
  | { readonly kind: 'two-owners'; readonly source: IpAddress }
  | { readonly kind: 'equal-priority'; readonly source: IpAddress }
  | { readonly kind: 'conflict'; readonly source: IpAddress; readonly priority: number }
  | { readonly kind: 'not-scheduled'; readonly late: Duration }
  /** Nobody serves, and this node does not take over by itself. */
  | { readonly kind: 'withheld'; readonly reasons: readonly string[] }
  | { readonly kind: 'address-put-back'; readonly address: Prefix };
