import type { Forgery } from '../authentication/receiver.ts';
import type { Verdict } from '../election/verdict.ts';
import type { Datagram } from '../net/ipv4-packet.ts';
import type { Prefix } from '../net/prefix.ts';
import type { Duration } from '../time/duration.ts';
import type { VirtualRouter } from './router.ts';

/** Everything that can happen to an instance. */
export type Input =
  | { readonly type: 'startup' }
  | { readonly type: 'shutdown' }
  /** The deadline may have passed. All packets that had arrived by now must have been given before. */
  | { readonly type: 'tick' }
  /**
   * A packet of protocol 112 arrived on the interface, as it came but for what authenticates it. `forgery`: it is not
   * authentic; `copy`: it came by another path before; `deaf`: its sender takes nothing of what this node signs.
   */
  | {
      readonly type: 'datagram';
      readonly datagram: Datagram;
      readonly forgery?: Forgery | undefined;
      readonly copy?: boolean | undefined;
      readonly deaf?: boolean | undefined;
    }
  | { readonly type: 'link'; readonly up: boolean }
  /** Who may serve was judged anew. */
  | { readonly type: 'election'; readonly verdict: Verdict }
  /** A virtual address is not on the interface any more, and not because of a `release`. */
  | { readonly type: 'address-missing'; readonly address: Prefix }
  | { readonly type: 'advertised' }
  | { readonly type: 'advertise-failed' }
  | { readonly type: 'claim-failed'; readonly detail: string }
  /** A planned leave; taken back when nobody claims within `bound`. */
  | { readonly type: 'resign'; readonly bound: Duration }
  | { readonly type: 'reconfigure'; readonly router: VirtualRouter };
