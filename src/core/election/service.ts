import type { Duration } from '../time/duration.ts';
import { after, type Instant } from '../time/instant.ts';

/** The last word of the service that this node serves with; good until `until`. */
export interface ServiceReport {
  readonly healthy: boolean;
  /** Why it is not healthy, in words. */
  readonly reason: string;
  readonly until: Instant;
  /** Whether another node is ready to serve; undefined when it is not known, so that leaving has to be tried. */
  readonly successor: boolean | undefined;
}

/** `unreported`: nobody ever reported, so there is no service to ask for. */
export type ServiceState =
  | { readonly kind: 'unreported' }
  | { readonly kind: 'healthy' }
  | { readonly kind: 'broken'; readonly reason: string };

export function serviceReport(
  healthy: boolean,
  reason: string,
  now: Instant,
  timeToLive: Duration,
  successor?: boolean,
): ServiceReport {
  return { healthy, reason, until: after(now, timeToLive), successor };
}

/** A report that nobody repeated says that whoever reports is gone, whatever it said. */
export function serviceState(report: ServiceReport | undefined, now: Instant): ServiceState {
  if (report === undefined) return { kind: 'unreported' };
  if (now >= report.until) return { kind: 'broken', reason: 'it does not report any more' };
  return report.healthy ? { kind: 'healthy' } : { kind: 'broken', reason: report.reason };
}

export function serviceText(state: Extract<ServiceState, { kind: 'broken' }>): string {
  return `the service is broken: ${state.reason}`;
}
