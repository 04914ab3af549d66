import { formatAddress, type IpAddress } from '../net/address.ts';
import { type Centiseconds, toDuration } from '../time/centiseconds.ts';
import { type Duration, milliseconds, seconds, times } from '../time/duration.ts';
import { after, between, type Instant } from '../time/instant.ts';

/** So many questions in a row that nobody answers, and one more that was sent, mean that the gateway is gone. */
const MOST_UNANSWERED = 2;
/** A node that serves is not to leave for a gateway that is merely busy. */
const PATIENCE = seconds(2);
const SHORTEST_PERIOD = milliseconds(50);
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
  // Twice per advertisement: three questions are unanswered before a standby that was cut off has missed three of those.
  const wanted = toDuration(interval) / 2;
  const period = Math.min(LONGEST_PERIOD, Math.max(SHORTEST_PERIOD, wanted)) as Duration;
  return { address, period, askAt: now, unanswered: 0, answeredAt: undefined };
}

/** One more question was sent. */
export function asked(gateway: Gateway, now: Instant): Gateway {
  // A process that did not run knows nothing about answers it could not read: it starts to count again.
  const late = between(gateway.askAt, now) > times(gateway.period, MOST_UNANSWERED + 1);
  const unanswered = late ? 1 : Math.min(gateway.unanswered + 1, MOST_UNANSWERED + 1);
  return { ...gateway, askAt: after(now, gateway.period), unanswered };
}

export function answered(gateway: Gateway, now: Instant): Gateway {
  return { ...gateway, answeredAt: now, unanswered: 0 };
}

/**
 * Who does not serve takes a gateway for gone within a down interval, so that it does not claim on its own side of a
 * broken network; who serves has `PATIENCE`.
 */
export function gatewayState(gateway: Gateway | undefined, now: Instant, serves: boolean): GatewayState {
  if (gateway === undefined) return { kind: 'untracked' };
  const { unanswered, answeredAt, address } = gateway;
  const silent = unanswered > MOST_UNANSWERED;
  const patient = serves && answeredAt !== undefined && between(answeredAt, now) < PATIENCE;
  if (silent && !patient) return { kind: 'gone', address };
  return answeredAt === undefined ? { kind: 'unknown' } : { kind: 'reachable' };
}

export function gatewayText(state: GatewayState): string {
  return state.kind === 'gone'
    ? `the gateway ${formatAddress(state.address)} does not answer`
    : 'the gateway answers';
}
