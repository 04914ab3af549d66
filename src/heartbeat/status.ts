import type { Candidate } from '../core/election/candidate.ts';
import { gatewayState } from '../core/election/gateway.ts';
import { serviceState } from '../core/election/service.ts';
import type { Standing } from '../core/election/verdict.ts';
import { formatAddress } from '../core/net/address.ts';
import { formatMac } from '../core/net/neighbour.ts';
import { formatPrefix } from '../core/net/prefix.ts';
import type { Conflict } from '../core/ownership/guard.ts';
import { toDuration } from '../core/time/centiseconds.ts';
import { type Duration, toMilliseconds, toSeconds } from '../core/time/duration.ts';
import { between, type Instant } from '../core/time/instant.ts';
import { OWNER_PRIORITY } from '../core/vrrp/router.ts';
import { deadline, type State } from '../core/vrrp/state.ts';
import type { Stats } from '../core/vrrp/stats.ts';
import { activeDownInterval, skewTime } from '../core/vrrp/timers.ts';
import type { Scheduling } from '../linux/scheduling.ts';
import type { PathStatus } from './channels.ts';
import { type ShownState, shownState, type Transition } from './history.ts';
import type { HooksStatus } from './hooks.ts';
import type { PathPlan } from './paths.ts';
import type { Reconfiguration, ReconfigurationStatus } from './reconfiguration.ts';
import { statusSentence } from './sentence.ts';
import { statusWarnings } from './warnings.ts';
import type { ClockDifference } from './wire/wire.ts';

/** What `heartbeat status` prints. Everything in it was observed; times are milliseconds before or after now. */
export interface Status {
  readonly state: ShownState;
  readonly since: string;
  readonly sentence: string;
  readonly interface: string;
  readonly protocol: string;
  readonly vhid: number;
  readonly virtualAddresses: readonly {
    readonly address: string;
    readonly held: boolean;
    readonly leaseSeconds: number;
  }[];
  /** They come and go with the virtual addresses, and none is waited for. */
  readonly companionAddresses: readonly { readonly address: string; readonly held: boolean }[];
  readonly priority: number;
  readonly effectivePriority: { readonly value: number; readonly reasons: readonly string[] };
  readonly peers: readonly {
    readonly address: string;
    readonly priority: number;
    readonly lastHeardMs: number;
    readonly paths: readonly { readonly name: string; readonly lastHeardMs: number }[];
  }[];
  /** The ways by which advertisements leave. */
  readonly paths: readonly PathStatus[];
  /** What is wrong although the state is what it should be; each a sentence. */
  readonly warnings: readonly string[];
  readonly standing: Standing;
  readonly maintenance: boolean;
  readonly service: { readonly state: string; readonly reason: string | null };
  readonly gateway: {
    readonly address: string;
    readonly state: string;
    readonly answeredMs: number | null;
  } | null;
  /** Who else claimed an address while it was held here. */
  readonly conflicts: readonly {
    readonly address: string;
    readonly mac: string;
    readonly lastSeenMs: number;
    readonly count: number;
  }[];
  readonly hooks: HooksStatus;
  /** A change that both nodes take, while it is under way. */
  readonly change: ReconfigurationStatus | null;
  readonly counters: Stats;
  readonly timers: {
    readonly advertisementIntervalMs: number;
    /** What the active node announces, which our down interval follows. */
    readonly activeAdvertisementIntervalMs: number;
    readonly skewMs: number;
    readonly downIntervalMs: number;
    readonly next: { readonly reason: string; readonly inMs: number } | null;
  };
  readonly transitions: readonly Transition[];
  readonly scheduling: Scheduling;
  readonly pid: number;
}

export function present(
  state: State,
  at: { readonly now: Instant; readonly wallClockMs: number },
  context: {
    readonly interfaceName: string;
    readonly protocol: string;
    readonly holds: (prefix: State['router']['addresses'][number]) => boolean;
    readonly transitions: readonly Transition[];
    readonly scheduling: Scheduling;
    readonly pid: number;
    readonly candidate: Candidate;
    readonly conflicts: readonly Conflict[];
    readonly paths: readonly PathStatus[];
    readonly pathPlans: readonly PathPlan[];
    readonly hooks: HooksStatus;
    readonly clocks: readonly ClockDifference[];
    readonly change: Reconfiguration | undefined;
  },
): Status {
  const { router } = state;
  const { candidate } = context;
  const activeInterval = state.name === 'backup' ? state.activeInterval : router.interval;
  const next = deadline(state);
  const rounded = (duration: Duration): number => Math.round(toMilliseconds(duration) * 1000) / 1000;
  const warnings = statusWarnings(state, at.now, context);
  return {
    state: shownState(state.name, state.cause.kind),
    since: new Date(at.wallClockMs - toMilliseconds(between(state.since, at.now))).toISOString(),
    sentence: [statusSentence(state, at.now, context.interfaceName), ...warnings].join(' '),
    interface: context.interfaceName,
    protocol: context.protocol,
    vhid: router.vrid,
    virtualAddresses: router.addresses.map((prefix) => ({
      address: formatPrefix(prefix),
      held: context.holds(prefix),
      leaseSeconds: toSeconds(router.lease),
    })),
    companionAddresses: (router.companions ?? []).map((prefix) => ({
      address: formatPrefix(prefix),
      held: context.holds(prefix),
    })),
    priority: candidate.priority,
    effectivePriority: effectivePriority(state),
    peers: state.peers.map((peer) => ({
      address: formatAddress(peer.address),
      priority: peer.priority,
      lastHeardMs: rounded(between(peer.lastHeard, at.now)),
      paths: peer.paths.map(({ name, lastHeard }) => ({
        name,
        lastHeardMs: rounded(between(lastHeard, at.now)),
      })),
    })),
    paths: context.paths,
    warnings,
    standing: state.verdict.standing,
    maintenance: candidate.maintenance,
    service: presentService(candidate, at.now),
    gateway: presentGateway(candidate, at.now, state.name === 'active'),
    conflicts: context.conflicts.map(({ address, mac, lastSeen, count }) => ({
      address: formatAddress(address),
      mac: formatMac(mac),
      lastSeenMs: rounded(between(lastSeen, at.now)),
      count,
    })),
    hooks: context.hooks,
    change: context.change?.status ?? null,
    counters: state.stats,
    timers: {
      advertisementIntervalMs: toMilliseconds(toDuration(router.interval)),
      activeAdvertisementIntervalMs: toMilliseconds(toDuration(activeInterval)),
      skewMs: router.pair ? 0 : rounded(skewTime(router.priority, activeInterval)),
      downIntervalMs: rounded(activeDownInterval(router, activeInterval)),
      next: next === undefined ? null : { reason: next.reason, inMs: rounded(between(at.now, next.at)) },
    },
    transitions: context.transitions,
    scheduling: context.scheduling,
    pid: context.pid,
  };
}

function effectivePriority(state: State): Status['effectivePriority'] {
  const { router, verdict } = state;
  if (verdict.standing !== 'serve') return { value: router.priority, reasons: verdict.reasons };
  if (state.name === 'active' && state.priority !== router.priority) {
    return {
      value: state.priority,
      reasons: ['raised above the node it took over from, until it is standby'],
    };
  }
  return {
    value: router.priority,
    reasons: router.priority === OWNER_PRIORITY ? ['owner of the address'] : [],
  };
}

function presentService({ report }: Candidate, now: Instant): Status['service'] {
  const service = serviceState(report, now);
  return { state: service.kind, reason: service.kind === 'broken' ? service.reason : null };
}

function presentGateway({ gateway }: Candidate, now: Instant, serves: boolean): Status['gateway'] {
  if (gateway === undefined) return null;
  const { address, answeredAt } = gateway;
  return {
    address: formatAddress(address),
    state: gatewayState(gateway, now, serves).kind,
    answeredMs: answeredAt === undefined ? null : toMilliseconds(between(answeredAt, now)),
  };
}
