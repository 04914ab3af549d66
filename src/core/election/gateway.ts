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
/** Between two questions as long as all is well: more would only wake this process. */
const CALM_PERIOD = milliseconds(500);

/**
 * The gateway is asked all the time (ARP or neighbour solicitation), and more often as soon as something is silent, so
 * that the answer is known at the moment when it counts and asking costs no time then.
 */
export interface Gateway {
  readonly address: IpAddress;
  /** Between two questions while it matters. */
  readonly period: Duration;
  readonly since: Instant;
  readonly askedAt: Instant | undefined;
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
  // Twice per advertisement: asked from the first late one on, three questions are unanswered before the third is missed.
  const wanted = toDuration(interval) / 2;
  const period = Math.min(LONGEST_PERIOD, Math.max(SHORTEST_PERIOD, wanted)) as Duration;
  return { address, period, since: now, askedAt: undefined, unanswered: 0, answeredAt: undefined };
}

/** When the next question is due. `overdueAt`: from when on an advertisement of another node is late. */
export function askAt(gateway: Gateway, overdueAt: Instant | undefined): Instant {
  const { askedAt, unanswered, period, since } = gateway;
  if (askedAt === undefined) return since;
  const calm = after(askedAt, Math.max(period, CALM_PERIOD) as Duration);
  if (unanswered > 0) return unanswered > MOST_UNANSWERED ? calm : after(askedAt, period);
  // Whoever is to take over must know by then whether it is connected to anybody.
  return overdueAt !== undefined && overdueAt > askedAt && overdueAt < calm ? overdueAt : calm;
}

/** One more question was sent, which was due at `due`. */
export function asked(gateway: Gateway, now: Instant, due: Instant): Gateway {
  // A process that did not run knows nothing about answers it could not read: it starts to count again.
  const late = between(due, now) > times(gateway.period, MOST_UNANSWERED + 1);
  const unanswered = late ? 1 : Math.min(gateway.unanswered + 1, MOST_UNANSWERED + 1);
  return { ...gateway, askedAt: now, unanswered };
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
