import { formatAddress, type IpAddress } from '../net/address.ts';
import { type Centiseconds, toDuration } from '../time/centiseconds.ts';
import { type Duration, milliseconds, times } from '../time/duration.ts';
import { after, between, type Instant } from '../time/instant.ts';

/** So many questions in a row that nobody answers mean that the gateway is gone. */
const MOST_UNANSWERED = 3;
const SHORTEST_PERIOD = milliseconds(100);
const LONGEST_PERIOD = milliseconds(1000);

/**
 * The gateway is asked all the time (ARP or neighbour solicitation), so that the answer is known at the moment when
 * it counts and asking costs no time then.
 */
export interface Gateway {
  readonly address: IpAddress;
  readonly period: Duration;
  readonly askAt: Instant;
  /** Questions since the last answer. */
  readonly unanswered: number;
  readonly answeredAt: Instant | undefined;
}

export type GatewayState =
  | { readonly kind: 'untracked' }
  /** Not answered yet, and not asked often enough to know. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'reachable' }
  | { readonly kind: 'gone'; readonly address: IpAddress };

export function trackGateway(address: IpAddress, interval: Centiseconds, now: Instant): Gateway {
  const wanted = toDuration(interval);
  const period = Math.min(LONGEST_PERIOD, Math.max(SHORTEST_PERIOD, wanted)) as Duration;
  return { address, period, askAt: now, unanswered: 0, answeredAt: undefined };
}

/** One more question was sent. */
export function asked(gateway: Gateway, now: Instant): Gateway {
  // A process that did not run knows nothing about answers it could not read: it starts to count again.
  const late = between(gateway.askAt, now) > times(gateway.period, MOST_UNANSWERED);
  const unanswered = late ? 1 : Math.min(gateway.unanswered + 1, MOST_UNANSWERED + 1);
  return { ...gateway, askAt: after(now, gateway.period), unanswered };
}

export function answered(gateway: Gateway, now: Instant): Gateway {
  return { ...gateway, answeredAt: now, unanswered: 0 };
}

/** Gone when the last of the unanswered questions has had its time too. */
export function gatewayState(gateway: Gateway | undefined): GatewayState {
  if (gateway === undefined) return { kind: 'untracked' };
  if (gateway.unanswered > MOST_UNANSWERED) return { kind: 'gone', address: gateway.address };
  return gateway.answeredAt === undefined ? { kind: 'unknown' } : { kind: 'reachable' };
}

export function gatewayText(state: GatewayState): string {
  return state.kind === 'gone'
    ? `the gateway ${formatAddress(state.address)} does not answer`
    : 'the gateway answers';
}
