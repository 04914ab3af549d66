import type { Prefix } from '../core/net/prefix.ts';
import { type Duration, toMilliseconds } from '../core/time/duration.ts';
import { between, type Instant } from '../core/time/instant.ts';
import { type ChecksumPolicy, encode } from '../core/vrrp/codec.ts';
import type { Effect, ResignOutcome } from '../core/vrrp/effects.ts';
import type { Input } from '../core/vrrp/inputs.ts';
import { createInstance, step } from '../core/vrrp/instance.ts';
import type { VirtualRouter } from '../core/vrrp/router.ts';
import { deadline, type State } from '../core/vrrp/state.ts';
import { now } from '../linux/clock.ts';
import { History, type Transition } from './history.ts';
import type { KernelInterface } from './kernel-interface.ts';
import type { Logger } from './log.ts';
import { ReportLog } from './report-log.ts';

/** As many as a full socket buffer holds: a turn sees everything that had arrived before it decides on silence. */
const MOST_DATAGRAMS_PER_TURN = 512;

export interface DriverParts {
  readonly router: VirtualRouter;
  readonly checksum: ChecksumPolicy;
  readonly kernel: KernelInterface;
  readonly log: Logger;
  readonly onTransition: (transition: Transition) => void;
  /** The driver cannot go on; the caller must stop it. */
  readonly onFatal: (error: unknown) => void;
}

/**
 * Carries out what the core decides: turns kernel events into inputs, effects into system calls, and deadlines into
 * the one timer. Contains no decision of the protocol.
 */
export class Driver {
  readonly history: History = new History();
  readonly #parts: DriverParts;
  readonly #reports: ReportLog;
  #checksum: ChecksumPolicy;
  #state: State;
  /** When the input that is being carried out was due; to measure how long a change of state took. */
  #dueAt: Instant;
  #claimedAt: Instant | undefined;
  #resigning: ((outcome: ResignOutcome) => void) | undefined;

  constructor(parts: DriverParts) {
    this.#parts = parts;
    this.#checksum = parts.checksum;
    this.#reports = new ReportLog(parts.log);
    this.#dueAt = now();
    this.#state = createInstance(parts.router, this.#dueAt, parts.kernel.linkUp);
  }

  get state(): State {
    return this.#state;
  }

  start(): void {
    this.#parts.kernel.listen(() => this.#guarded(() => this.#turn()));
    this.#submit({ type: 'startup' });
  }

  /** Leaves gracefully: the address first, then priority 0. */
  stop(): void {
    this.#submit({ type: 'shutdown' });
  }

  reconfigure(router: VirtualRouter, checksum: ChecksumPolicy): void {
    this.#checksum = checksum;
    this.#submit({ type: 'reconfigure', router });
  }

  /** Undefined when another planned leave is under way. */
  resign(bound: Duration): Promise<ResignOutcome> | undefined {
    if (this.#resigning !== undefined) return undefined;
    return new Promise((resolve) => {
      this.#resigning = resolve;
      this.#submit({ type: 'resign', bound });
    });
  }

  /** Takes in whatever has happened up to now, so that what is shown is true. */
  refresh(): void {
    this.#guarded(() => this.#turn());
  }

  /** Packets before time: silence is judged only when everything that arrived was read. */
  #turn(): void {
    const { kernel } = this.#parts;
    this.#takeChanges();
    for (let count = 0; count < MOST_DATAGRAMS_PER_TURN; count += 1) {
      const datagram = kernel.receive();
      if (datagram === undefined) break;
      this.#perform({ type: 'datagram', datagram });
    }
    kernel.acknowledgeTimer();
    const due = deadline(this.#state);
    if (due !== undefined && now() >= due.at) {
      this.#dueAt = due.at;
      this.#perform({ type: 'tick' }, due.at);
    }
    this.#arm();
  }

  #takeChanges(): void {
    const { linkChanged, missing } = this.#parts.kernel.takeChanges(this.#state.router.addresses);
    if (linkChanged) this.#perform({ type: 'link', up: this.#parts.kernel.linkUp });
    for (const address of missing) this.#perform({ type: 'address-missing', address });
  }

  #submit(input: Input): void {
    this.#guarded(() => {
      this.#perform(input);
      this.#arm();
    });
  }

  #arm(): void {
    this.#parts.kernel.arm(deadline(this.#state)?.at);
  }

  /** One input and everything that follows from it. */
  #perform(input: Input, dueAt: Instant = now()): void {
    this.#dueAt = dueAt;
    this.#claimedAt = undefined;
    const inputs: Input[] = [input];
    for (let next = inputs.shift(); next !== undefined; next = inputs.shift()) {
      const { state, effects } = step(this.#state, now(), next);
      this.#state = state;
      for (const effect of effects) {
        const answer = this.#carryOut(effect);
        if (answer !== undefined) inputs.push(answer);
        if (answer?.type === 'claim-failed') break;
      }
    }
  }

  /** Returns what the core must be told about the outcome. */
  #carryOut(effect: Effect): Input | undefined {
    switch (effect.type) {
      case 'claim':
      case 'renew':
        return this.#lease(effect.addresses, effect.lease);
      case 'release':
        for (const address of effect.addresses) this.#try(() => this.#parts.kernel.removeAddress(address));
        return undefined;
      case 'announce':
        for (const prefix of effect.addresses) this.#try(() => this.#parts.kernel.announce(prefix.address));
        return undefined;
      case 'advertise': {
        const { source, destination } = this.#parts.kernel;
        const payload = encode(effect.advertisement, { source, destination, checksum: this.#checksum });
        return {
          type: this.#try(() => this.#parts.kernel.send(payload)) ? 'advertised' : 'advertise-failed',
        };
      }
      case 'transition':
        this.#changed(effect);
        return undefined;
      case 'resign-outcome':
        this.#resigning?.(effect.outcome);
        this.#resigning = undefined;
        return undefined;
      case 'report':
        this.#reports.write(now(), effect.report);
        return undefined;
    }
  }

  #lease(addresses: readonly Prefix[], lease: Duration): Input | undefined {
    try {
      for (const address of addresses) this.#parts.kernel.leaseAddress(address, lease);
      this.#claimedAt ??= now();
      return undefined;
    } catch (error) {
      const detail = (error as Error).message;
      this.#parts.log.error({ event: 'claim-failed' }, detail);
      return { type: 'claim-failed', detail };
    }
  }

  #changed(effect: Extract<Effect, { type: 'transition' }>): void {
    const sinceDue = (instant: Instant): number => toMilliseconds(between(this.#dueAt, instant));
    const transition = this.history.add(effect, {
      ...(this.#claimedAt === undefined ? {} : { addressMs: sinceDue(this.#claimedAt) }),
      totalMs: sinceDue(now()),
    });
    const { sentence, at: _, ...fields } = transition;
    this.#parts.log.info({ event: 'transition', ...fields }, sentence);
    this.#parts.onTransition(transition);
  }

  /** False when the kernel refused; that is logged (folded like all reports) and leaves the rest to go on. */
  #try(action: () => void): boolean {
    try {
      action();
      return true;
    } catch (error) {
      this.#reports.writeFailure(now(), error as Error);
      return false;
    }
  }

  #guarded(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#parts.onFatal(error);
    }
  }
}
