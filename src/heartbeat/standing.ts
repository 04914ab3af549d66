import {
  assess,
  assessmentDeadline,
  type Candidate,
  type CandidateOptions,
  copySaid,
  createCandidate,
  gatewayAsked,
  gatewayDeadline,
  neighbourAnswered,
  reconfigured,
  reported,
  sendFailed,
  sendWorked,
  takeoverForced,
  toAsk,
  type View,
} from '../core/election/candidate.ts';
import type { Verdict } from '../core/election/verdict.ts';
import type { IpAddress } from '../core/net/address.ts';
import type { Duration } from '../core/time/duration.ts';
import { type Instant, instant } from '../core/time/instant.ts';
import { SystemCallError } from '../linux/system-call-error.ts';
import type { KernelInterface } from './kernel-interface.ts';

/** What an assessment asks the driver for. */
export interface Judgement {
  readonly verdict: Verdict;
  /** Set when this node should try to leave now, and for how long it waits for a successor. */
  readonly leaveFor: Duration | undefined;
}

/** What the kernel refused, and what to do about the refusal that has one usual cause. */
function inWords(failure: Error): string {
  const isFiltered = failure instanceof SystemCallError && failure.errorName === 'EPERM';
  return `${failure.message}${isFiltered ? '; the firewall of this node must let IP protocol 112 out' : ''}`;
}

/** Feeds the election with what is observed, and asks the gateway all the time. */
export class Standing {
  readonly #kernel: KernelInterface;
  #candidate: Candidate;

  constructor(kernel: KernelInterface, options: CandidateOptions, now: Instant) {
    this.#kernel = kernel;
    this.#candidate = createCandidate(options, now);
  }

  get candidate(): Candidate {
    return this.#candidate;
  }

  reconfigure(options: CandidateOptions, now: Instant): void {
    this.#candidate = reconfigured(this.#candidate, options, now);
  }

  report(now: Instant, report: Parameters<typeof reported>[2]): void {
    this.#candidate = reported(this.#candidate, now, report);
  }

  set maintenance(on: boolean) {
    this.#candidate = { ...this.#candidate, maintenance: on };
  }

  copyInSync(now: Instant, inSync: boolean): void {
    this.#candidate = copySaid(this.#candidate, now, inSync);
  }

  /** It takes over when nobody serves, whatever its copy is. */
  forceTakeover(): void {
    this.#candidate = takeoverForced(this.#candidate);
  }

  /** Somebody claimed `address`: an answer, if it is the gateway's or another node's. */
  heard(address: IpAddress, now: Instant): void {
    this.#candidate = neighbourAnswered(this.#candidate, now, address);
  }

  /** Asks the gateway when it is time to. Throws what the kernel refused. */
  askNeighbours(now: Instant, view: View): void {
    const addresses = toAsk(this.#candidate, now, view);
    if (addresses.length === 0) return;
    this.#candidate = gatewayAsked(this.#candidate, now, view);
    if (!this.#kernel.linkUp) return;
    for (const address of addresses) this.#kernel.ask(address, true);
  }

  /** True when it is time to find out whether anything leaves this node again. */
  shouldProbe(now: Instant): boolean {
    const { mute } = this.#candidate;
    return mute !== undefined && now >= mute.probeAt && this.#kernel.linkUp;
  }

  /** What became of something that was sent. */
  sent(now: Instant, failure: Error | undefined): void {
    this.#candidate =
      failure === undefined
        ? sendWorked(this.#candidate)
        : sendFailed(this.#candidate, now, inWords(failure));
  }

  judge(now: Instant, view: View): Judgement {
    if (!this.#kernel.linkUp) this.#candidate = sendWorked(this.#candidate);
    const { interfaces } = this.#kernel;
    const { candidate, leaveFor } = assess({ ...this.#candidate, interfaces }, now, view);
    this.#candidate = candidate;
    return { verdict: candidate.verdict, leaveFor };
  }

  /** When it wants to be asked again, should nothing happen before. */
  deadline(now: Instant, view: View): Instant | undefined {
    const ask = gatewayDeadline(this.#candidate, view);
    const judge = assessmentDeadline(this.#candidate, now, view);
    if (ask === undefined || judge === undefined) return ask ?? judge;
    return instant(Math.min(ask, judge));
  }
}
