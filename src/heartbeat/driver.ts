import type { Candidate, View } from '../core/election/candidate.ts';
import type { TakeoverPolicy } from '../core/election/sync.ts';
import { sameVerdict } from '../core/election/verdict.ts';
import type { IpAddress } from '../core/net/address.ts';
import type { Conflict } from '../core/ownership/guard.ts';
import { type Duration, toMilliseconds } from '../core/time/duration.ts';
import { between, type Instant } from '../core/time/instant.ts';
import { encode } from '../core/vrrp/codec.ts';
import type { Effect, ResignOutcome } from '../core/vrrp/effects.ts';
import type { Input } from '../core/vrrp/inputs.ts';
import { createInstance, step } from '../core/vrrp/instance.ts';
import { hearsPeer, overdueAt } from '../core/vrrp/peers.ts';
import { heldAddresses, type VirtualRouter } from '../core/vrrp/router.ts';
import { deadline, type State } from '../core/vrrp/state.ts';
import { now } from '../linux/clock.ts';
import { AddressGuard } from './address-guard.ts';
import { History, type Transition } from './history.ts';
import type { KernelInterface } from './kernel-interface.ts';
import type { Logger } from './log.ts';
import { ReportLog } from './report-log.ts';
import { Standing } from './standing.ts';
import type { Way, Wire } from './wire/wire.ts';

/** As many as a full socket buffer holds: a turn sees everything that had arrived before it decides on silence. */
const MOST_DATAGRAMS_PER_TURN = 512;

/** Who else is on the LAN, asked to find out whether this node is isolated; and what decides beside the protocol. */
export interface Surroundings {
  readonly gateway: IpAddress | undefined;
  readonly peers: readonly IpAddress[];
  readonly takeover: TakeoverPolicy | undefined;
}

export interface DriverParts {
  readonly router: VirtualRouter;
  readonly wire: Wire;
  readonly kernel: KernelInterface;
  readonly surroundings: Surroundings;
  readonly log: Logger;
  readonly onTransition: (transition: Transition) => void;
  /** The driver cannot go on; the caller must stop it. */
  readonly onFatal: (error: unknown) => void;
  /** Sees every input of the protocol before it is carried out. */
  readonly onInput?: ((now: Instant, input: Input) => void) | undefined;
}

/**
 * Carries out what the core decides: turns kernel events into inputs, effects into system calls, and deadlines into
 * the one timer. Contains no decision of the protocol.
 */
export class Driver {
  readonly history: History = new History();
  readonly #parts: DriverParts;
  readonly #reports: ReportLog;
  #wire: Wire;
  #state: State;
  /** When the input that is being carried out was due; to measure how long a change of state took. */
  #dueAt: Instant;
  #claimedAt: Instant | undefined;
  readonly #standing: Standing;
  readonly #guard: AddressGuard;
  #resigning: ((outcome: ResignOutcome) => void) | undefined;

  constructor(parts: DriverParts) {
    this.#parts = parts;
    this.#wire = parts.wire;
    this.#reports = new ReportLog(parts.log);
    this.#dueAt = now();
    this.#state = createInstance(parts.router, this.#dueAt, parts.kernel.linkUp);
    this.#standing = new Standing(parts.kernel, { ...parts.router, ...parts.surroundings }, this.#dueAt);
    this.#guard = new AddressGuard(parts.kernel, this.#reports, this.#dueAt);
  }

  get state(): State {
    return this.#state;
  }

  get candidate(): Candidate {
    return this.#standing.candidate;
  }

  get conflicts(): readonly Conflict[] {
    return this.#guard.conflicts;
  }

  start(): void {
    this.#parts.kernel.listen(() => this.#guarded(() => this.#turn()));
    this.#submit({ type: 'startup' });
  }

  /** Leaves gracefully: the address first, then priority 0. */
  stop(): void {
    this.#submit({ type: 'shutdown' });
  }

  reconfigure(router: VirtualRouter, wire: Wire, surroundings: Surroundings): void {
    this.#wire = wire;
    this.#standing.reconfigure({ ...router, ...surroundings }, now());
    this.#guarded(() => {
      const { verdict } = this.#standing.judge(now(), this.#view());
      this.#perform({ type: 'reconfigure', router: { ...router, priority: verdict.effectivePriority } });
      this.#turn();
    });
  }

  /** What the service of this node says about itself, good for `timeToLive`. */
  report(report: {
    readonly healthy: boolean;
    readonly reason: string;
    readonly timeToLive: Duration;
    readonly successor?: boolean | undefined;
  }): void {
    this.#standing.report(now(), report);
    this.refresh();
  }

  /** Whether the copy that this node would serve with has every change. */
  copyInSync(inSync: boolean): void {
    this.#standing.copyInSync(now(), inSync);
    this.refresh();
  }

  /** False where another node serves. */
  forceTakeover(): boolean {
    this.refresh();
    if (this.#view().peerHeard) return false;
    this.#standing.forceTakeover();
    this.refresh();
    return true;
  }

  setMaintenance(on: boolean): void {
    this.#standing.maintenance = on;
    this.refresh();
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
      const { keyId: _, ...opened } = this.#wire.open(datagram);
      this.#perform({ type: 'datagram', ...opened });
    }
    this.#hearNeighbours();
    kernel.acknowledgeTimer();
    this.#try(() => this.#standing.askNeighbours(now(), this.#view()));
    if (this.#standing.shouldProbe(now())) this.#probe();
    this.#judge();
    const due = deadline(this.#state);
    if (due !== undefined && now() >= due.at) {
      this.#dueAt = due.at;
      this.#perform({ type: 'tick' }, due.at);
    }
    this.#try(() => this.#guard.turn(now()));
    this.#arm();
  }

  #takeChanges(): void {
    const { linkChanged, missing, source } = this.#parts.kernel.takeChanges(
      heldAddresses(this.#state.router),
    );
    if (source !== undefined)
      this.#perform({ type: 'reconfigure', router: { ...this.#state.router, source } });
    if (linkChanged) {
      const up = this.#parts.kernel.linkUp;
      // So that a link that is back does not meet the verdict that it had none.
      if (up) this.#judge();
      this.#perform({ type: 'link', up });
    }
    for (const address of missing) this.#perform({ type: 'address-missing', address });
  }

  #hearNeighbours(): void {
    for (let count = 0; count < MOST_DATAGRAMS_PER_TURN; count += 1) {
      const claim = this.#parts.kernel.neighbourClaim();
      if (claim === undefined) return;
      this.#standing.heard(claim.address, now());
      this.#try(() => this.#guard.heard(now(), claim));
    }
  }

  /** Who may serve; before every tick, so that nobody claims who must not. */
  #judge(): void {
    const { verdict, leaveFor } = this.#standing.judge(now(), this.#view());
    if (!sameVerdict(verdict, this.#state.verdict)) this.#perform({ type: 'election', verdict });
    if (leaveFor !== undefined && this.#resigning === undefined)
      this.#perform({ type: 'resign', bound: leaveFor });
  }

  #view(): View {
    const state = this.#state;
    return {
      active: state.name === 'active',
      peerHeard: hearsPeer(state, now()),
      lastHeardAt: state.peers[0]?.lastHeard,
      overdueAt: state.name === 'backup' ? overdueAt(state) : undefined,
    };
  }

  #submit(input: Input): void {
    this.#guarded(() => {
      this.#perform(input);
      this.#arm();
    });
  }

  #arm(): void {
    const at = now();
    const times = [
      deadline(this.#state)?.at,
      this.#standing.deadline(at, this.#view()),
      this.#guard.deadline,
    ].filter((time) => time !== undefined);
    this.#parts.kernel.arm(times.length === 0 ? undefined : (Math.min(...times) as Instant));
  }

  /** One input and everything that follows from it. */
  #perform(input: Input, dueAt: Instant = now()): void {
    this.#dueAt = dueAt;
    this.#claimedAt = undefined;
    const inputs: Input[] = [input];
    for (let next = inputs.shift(); next !== undefined; next = inputs.shift()) {
      const at = now();
      this.#parts.onInput?.(at, next);
      const { state, effects } = step(this.#state, at, next);
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
        return this.#leased(() => {
          for (const address of effect.addresses) this.#parts.kernel.leaseAddress(address, effect.lease);
        });
      case 'renew':
        return this.#leased(() =>
          this.#parts.kernel.renewAddresses(effect.addresses, effect.lease, (error) =>
            this.#submit(this.#claimFailed(error)),
          ),
        );
      case 'accompany':
        for (const address of effect.addresses)
          this.#try(() =>
            this.#parts.kernel.accompany(address, effect.lease, (error) =>
              this.#reports.writeFailure(now(), error),
            ),
          );
        return undefined;
      case 'release':
        this.#guard.released(effect.addresses.map(({ address }) => address));
        for (const address of effect.addresses) this.#try(() => this.#parts.kernel.removeAddress(address));
        return undefined;
      case 'announce':
        for (const prefix of effect.addresses) this.#try(() => this.#parts.kernel.announce(prefix.address));
        this.#guard.announced(
          now(),
          effect.addresses.map(({ address }) => address),
        );
        return undefined;
      case 'advertise': {
        const left = this.#send(this.#wire.encoders(effect.advertisement));
        return { type: left ? 'advertised' : 'advertise-failed' };
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

  /** True when something left. */
  #send(encoders: readonly ((path: Way) => Uint8Array)[]): boolean {
    let failure: Error | undefined;
    let left = false;
    for (const encode of encoders) {
      try {
        this.#parts.kernel.send(encode);
        left = true;
      } catch (error) {
        failure = error as Error;
        this.#reports.writeFailure(now(), failure);
      }
    }
    this.#standing.sent(now(), left ? undefined : failure);
    return left;
  }

  /** An advertisement of no virtual router: it takes the way of a real one and is dropped by whoever gets it. */
  #probe(): void {
    const { router } = this.#state;
    const addresses = router.addresses.map(({ address }) => address);
    const { interval } = router;
    this.#send([
      (path) => encode({ vrid: 0, priority: 1, interval, addresses }, { ...path, checksum: 'rfc9568' }),
    ]);
  }

  #leased(lease: () => void): Input | undefined {
    try {
      lease();
      this.#claimedAt ??= now();
      return undefined;
    } catch (error) {
      return this.#claimFailed(error as Error);
    }
  }

  #claimFailed({ message }: Error): Input {
    this.#parts.log.error({ event: 'claim-failed' }, message);
    return { type: 'claim-failed', detail: message };
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
