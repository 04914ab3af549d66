import type { IpAddress } from '../net/address.ts';
import { sameAddress } from '../net/address.ts';
import { type Centiseconds, toDuration } from '../time/centiseconds.ts';
import { type Duration, milliseconds, seconds, sum, times } from '../time/duration.ts';
import { after, between, type Instant } from '../time/instant.ts';
import { answered, askAt, asked, type Gateway, gatewayState, trackGateway } from './gateway.ts';
import { type ServiceReport, serviceReport, serviceState } from './service.ts';
import {
  type CopyWatch,
  copyWord,
  doubtfulAt,
  isInSync,
  servedUntil,
  type TakeoverPolicy,
  watchCopy,
} from './sync.ts';
import { judge, mayServe, type Verdict } from './verdict.ts';

/** Leaving costs the address for a moment when nobody can take it, so a broken node tries it more and more rarely. */
const FIRST_RETRY = seconds(10);
const LONGEST_RETRY = seconds(300);

/** All that the election remembers about this node. */
export interface Candidate {
  readonly priority: number;
  readonly interval: Centiseconds;
  readonly interfaces: readonly { readonly name: string; readonly up: boolean }[];
  readonly gateway: Gateway | undefined;
  /** Own addresses of other nodes on the LAN, and when each last answered when it was asked for it. */
  readonly peers: readonly PeerMachine[];
  readonly mute: Mute | undefined;
  readonly report: ServiceReport | undefined;
  readonly maintenance: boolean;
  /** Undefined where no copy of data is behind this node. */
  readonly copy: CopyWatch | undefined;
  /** When a node that serves with a broken service next tries to leave, and how long after that again. */
  readonly leaving: { readonly at: Instant; readonly retry: Duration } | undefined;
  readonly verdict: Verdict;
}

/** A standby is silent, so an active node knows of it only by asking the machine. */
interface PeerMachine {
  readonly address: IpAddress;
  readonly answeredAt: Instant | undefined;
}

/** An answer of another node's machine counts for so long. */
const PEER_ANSWER_COUNTS = seconds(2);

/** No path took what was sent, from `since` on. */
interface Mute {
  readonly since: Instant;
  readonly reason: string;
  /** When it is tried again. */
  readonly probeAt: Instant;
}

/** A full buffer is empty again by then, and no lease has ended yet. */
const MUTE_AFTER = milliseconds(400);
const PROBE_SOON = milliseconds(100);
const PROBE_LATER = seconds(1);

/** What the protocol knows at the moment of an assessment. */
export interface View {
  readonly active: boolean;
  readonly peerHeard: boolean;
  /** When any other node advertised last, or said that it leaves. */
  readonly lastHeardAt?: Instant | undefined;
  /** On a standby: from when on the next advertisement of the active node is late. */
  readonly overdueAt?: Instant | undefined;
}

export interface CandidateOptions {
  readonly priority: number;
  readonly interval: Centiseconds;
  readonly gateway: IpAddress | undefined;
  readonly peers?: readonly IpAddress[] | undefined;
  readonly takeover?: TakeoverPolicy | undefined;
}

export function createCandidate(options: CandidateOptions, now: Instant): Candidate {
  const { priority, interval, gateway } = options;
  return {
    priority,
    interval,
    interfaces: [],
    gateway: gateway === undefined ? undefined : trackGateway(gateway, interval, now),
    peers: peerMachines(options.peers, []),
    mute: undefined,
    report: undefined,
    maintenance: false,
    copy: watchCopy(options.takeover),
    leaving: undefined,
    verdict: mayServe(priority),
  };
}

/** Takes another configuration; what is known about a gateway that stays the same is kept. */
export function reconfigured(candidate: Candidate, options: CandidateOptions, now: Instant): Candidate {
  const { priority, interval, gateway } = options;
  const same =
    gateway !== undefined &&
    candidate.gateway !== undefined &&
    sameAddress(gateway, candidate.gateway.address);
  const fresh = gateway === undefined ? undefined : trackGateway(gateway, interval, now);
  const peers = peerMachines(options.peers, candidate.peers);
  const copy = watchCopy(options.takeover, candidate.copy);
  return { ...candidate, priority, interval, gateway: same ? candidate.gateway : fresh, peers, copy };
}

function peerMachines(
  addresses: readonly IpAddress[] = [],
  known: readonly PeerMachine[],
): readonly PeerMachine[] {
  return addresses.map(
    (address) =>
      known.find((peer) => sameAddress(peer.address, address)) ?? { address, answeredAt: undefined },
  );
}

export function reported(
  candidate: Candidate,
  now: Instant,
  report: {
    readonly healthy: boolean;
    readonly reason: string;
    readonly timeToLive: Duration;
    readonly successor?: boolean | undefined;
  },
): Candidate {
  const { healthy, reason, timeToLive, successor } = report;
  return { ...candidate, report: serviceReport(healthy, reason, now, timeToLive, successor) };
}

/** This node's copy has every change now, or is not known to. */
export function copySaid(candidate: Candidate, now: Instant, inSync: boolean): Candidate {
  const { copy } = candidate;
  return copy === undefined ? candidate : { ...candidate, copy: copyWord(copy, now, inSync) };
}

/** It takes over when nobody serves, whatever its copy is. */
export function takeoverForced(candidate: Candidate): Candidate {
  const { copy } = candidate;
  return copy === undefined ? candidate : { ...candidate, copy: { ...copy, forced: true } };
}

export function gatewayAsked(candidate: Candidate, now: Instant, view: View): Candidate {
  const { gateway } = candidate;
  if (gateway === undefined) return candidate;
  return { ...candidate, gateway: asked(gateway, now, askAt(gateway, view.overdueAt)) };
}

/** Whoever is to be asked now: the gateway, and when that was silent before, the machines of the other nodes. */
export function toAsk(candidate: Candidate, now: Instant, view: View): readonly IpAddress[] {
  const { gateway, peers } = candidate;
  if (gateway === undefined || now < askAt(gateway, view.overdueAt)) return [];
  return [gateway.address, ...(gateway.unanswered > 0 ? peers.map(({ address }) => address) : [])];
}

/** Somebody said that `address` is there. */
export function neighbourAnswered(candidate: Candidate, now: Instant, address: IpAddress): Candidate {
  const { gateway, peers } = candidate;
  if (gateway !== undefined && sameAddress(gateway.address, address)) {
    return { ...candidate, gateway: answered(gateway, now) };
  }
  if (!peers.some((peer) => sameAddress(peer.address, address))) return candidate;
  return {
    ...candidate,
    peers: peers.map((peer) => (sameAddress(peer.address, address) ? { ...peer, answeredAt: now } : peer)),
  };
}

function peerAnswers(candidate: Candidate, now: Instant): boolean {
  return candidate.peers.some(
    ({ answeredAt }) => answeredAt !== undefined && between(answeredAt, now) < PEER_ANSWER_COUNTS,
  );
}

/** No path took an advertisement, or what was sent to try them. */
export function sendFailed(candidate: Candidate, now: Instant, reason: string): Candidate {
  const since = candidate.mute?.since ?? now;
  const period = between(since, now) < MUTE_AFTER ? PROBE_SOON : PROBE_LATER;
  return { ...candidate, mute: { since, reason, probeAt: after(now, period) } };
}

/** Something left, or there is another link, of which nothing is known yet. */
export function sendWorked(candidate: Candidate): Candidate {
  return candidate.mute === undefined ? candidate : { ...candidate, mute: undefined };
}

function isMute({ mute }: Candidate, now: Instant): boolean {
  return mute !== undefined && between(mute.since, now) >= MUTE_AFTER;
}

export interface Assessment {
  readonly candidate: Candidate;
  /** Set when this node should try to leave now, and for how long it waits for a successor. */
  readonly leaveFor: Duration | undefined;
}

/** Judges anew. To be called whenever something changed and when `candidateDeadline` has passed. */
export function assess(known: Candidate, now: Instant, view: View): Assessment {
  const copy =
    known.copy &&
    servedUntil(known.copy, view.active ? now : view.lastHeardAt, view.active || view.peerHeard);
  const before = { ...known, copy };
  const service = serviceState(before.report, now);
  const verdict = judge({
    priority: before.priority,
    interfaces: before.interfaces,
    gateway: gatewayState(before.gateway, now, view.active),
    peerHeard: view.peerHeard || peerAnswers(before, now),
    mute: isMute(before, now) ? before.mute?.reason : undefined,
    service,
    maintenance: before.maintenance,
    outOfSync:
      copy === undefined || view.active || copy.forced || isInSync(copy, now) ? undefined : copy.policy,
  });
  const candidate = { ...before, verdict };
  if (verdict.standing !== 'last' || service.kind !== 'broken') {
    return { candidate: { ...candidate, leaving: undefined }, leaveFor: undefined };
  }
  // Whoever knows that it is alone does not try: that would cost the address for a moment.
  if (before.report?.successor === false && now < before.report.until) {
    return { candidate: { ...candidate, leaving: undefined }, leaveFor: undefined };
  }
  const leaving = before.leaving ?? { at: now, retry: FIRST_RETRY };
  if (!view.active || now < leaving.at) return { candidate: { ...candidate, leaving }, leaveFor: undefined };
  const next = {
    at: after(now, leaving.retry),
    retry: Math.min(leaving.retry * 2, LONGEST_RETRY) as Duration,
  };
  return { candidate: { ...candidate, leaving: next }, leaveFor: successorBound(before.interval) };
}

/** When the next question to the gateway is due; undefined when none is tracked. */
export function gatewayDeadline({ gateway }: Candidate, view: View): Instant | undefined {
  return gateway === undefined ? undefined : askAt(gateway, view.overdueAt);
}

/** When time alone changes the verdict or asks for another try to leave. */
export function assessmentDeadline(candidate: Candidate, now: Instant, view: View): Instant | undefined {
  const { mute, report, leaving } = candidate;
  const judged = mute === undefined ? undefined : after(mute.since, MUTE_AFTER);
  const doubtful = candidate.copy && doubtfulAt(candidate.copy);
  const times = [report?.until, view.active ? leaving?.at : undefined, judged, mute?.probeAt, doubtful];
  const ahead = times.filter((time) => time !== undefined && time > now) as Instant[];
  return ahead.length === 0 ? undefined : (Math.min(...ahead) as Instant);
}

/** How long a node that leaves waits for another one to claim before it takes the address back. */
function successorBound(interval: Centiseconds): Duration {
  return sum(toDuration(interval), milliseconds(500));
}

/**
 * How much longer than the down interval a node that serves last waits after another one left: longer than that one
 * waits for a successor, so that two broken nodes do not pass the address to and fro.
 */
export function lastInLineDelay(interval: Centiseconds): Duration {
  return sum(times(toDuration(interval), 1), seconds(1));
}
