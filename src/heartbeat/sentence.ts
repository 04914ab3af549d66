import { formatAddress } from '../core/net/address.ts';
import { formatPrefix } from '../core/net/prefix.ts';
import { toMilliseconds } from '../core/time/duration.ts';
import { between, type Instant } from '../core/time/instant.ts';
import { heldAddresses } from '../core/vrrp/router.ts';
import { type Cause, deadline, type State } from '../core/vrrp/state.ts';

/** What a person types who wants a node to serve with what it has. */
export const forceHint = 'To take over with what it has: tandem failover claim.';

/** The status in one sentence, the same everywhere it is shown. */
export function statusSentence(state: State, now: Instant, interfaceName: string): string {
  const addresses = heldAddresses(state.router).map(formatPrefix).join(', ');
  switch (state.name) {
    case 'active':
      return `Active on ${interfaceName} with ${addresses}: ${causeText(state.cause)}.`;
    case 'backup': {
      const serving = state.peers.find((peer) => peer.priority > 0);
      const due = deadline(state);
      if (serving !== undefined && due !== undefined && now < due.at) {
        const ago = Math.round(toMilliseconds(between(serving.lastHeard, now)));
        return `Standby on ${interfaceName}: ${formatAddress(serving.address)} is active (priority ${serving.priority}, heard ${ago} ms ago).`;
      }
      if (state.verdict.standing === 'follow')
        return `Standby on ${interfaceName}: nobody is heard, and it does not take over by itself.`;
      return `Standby on ${interfaceName}: nobody is heard; listening before taking over (${causeText(state.cause)}).`;
    }
    case 'initialize':
      return `Not taking part on ${interfaceName}: ${causeText(state.cause)}.`;
  }
}

/** Why, as the second half of a sentence. */
export function causeText(cause: Cause): string {
  switch (cause.kind) {
    case 'not-started':
      return 'not started yet';
    case 'started':
      return 'it has started';
    case 'start-delay':
      return 'the start delay runs';
    case 'stopped':
      return 'it was told to stop';
    case 'link-down':
      return 'the link is down, or the interface or its own address is missing';
    case 'link-up':
      return 'the link is up again';
    case 'ineligible':
      return cause.reasons.join('; ');
    case 'eligible':
      return 'nothing speaks against it any more';
    case 'owner':
      return 'it owns the address (priority 255)';
    case 'silence':
      return 'no other node advertised';
    case 'peer-left':
      return `${formatAddress(cause.peer)} left`;
    case 'preempted':
      return `${formatAddress(cause.peer)} has a lower priority and was preempted`;
    case 'outranked':
      return `${formatAddress(cause.peer)} is active with priority ${cause.priority}, which goes before ours`;
    case 'displaced':
      return `${formatAddress(cause.peer)} took over while this process did not advertise`;
    case 'unheard':
      return `${formatAddress(cause.peer)} is active too, and its clock is so far ahead that it takes nothing of what this node signs`;
    case 'resigned':
      return 'it left as asked';
    case 'taken-back':
      return 'nobody claimed the address after it left, so it took the address back';
    case 'lease-lapsed':
      return 'it did not renew the address in time and the kernel removed it';
    case 'claim-failed':
      return `the address could not be added: ${cause.detail}`;
  }
}
