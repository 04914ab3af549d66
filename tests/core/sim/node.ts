import assert from 'node:assert/strict';
import { type Instant, instant } from '../../../src/core/time/instant.ts';
import { encode, IPV4_GROUP } from '../../../src/core/vrrp/codec.ts';
import type { Effect } from '../../../src/core/vrrp/effects.ts';
import type { Input } from '../../../src/core/vrrp/inputs.ts';
import { createInstance, step } from '../../../src/core/vrrp/instance.ts';
import type { VirtualRouter } from '../../../src/core/vrrp/router.ts';
import { deadline, type State } from '../../../src/core/vrrp/state.ts';
import { Recording } from './recording.ts';

/**
 * One machine: the real core, its clock, and the kernel's part (addresses with their lease). All times of the world are
 * microseconds; the machine's own clock starts when it is switched on and runs at its own rate.
 */
export class SimulatedNode {
  readonly index: number;
  readonly recording: Recording;
  /** Another one after every start. */
  readonly bootedAt: number;
  readonly rate: number;
  state: State;
  alive = true;
  linkUp = true;
  sendingWorks = true;
  pausedUntil = 0;
  holds = false;
  #leaseEnds = 0;
  /** When the last claim or successful advertisement was: what alone may start the lease again. */
  #renewable = 0;
  #backlog: Input[] = [];
  #clock = 0;
  readonly #send: (datagram: Extract<Input, { type: 'datagram' }>) => void;
  readonly #onHolds: (holds: boolean) => void;

  constructor(parts: {
    index: number;
    router: VirtualRouter;
    now: number;
    rate: number;
    send: (datagram: Extract<Input, { type: 'datagram' }>) => void;
    onHolds: (holds: boolean) => void;
  }) {
    this.index = parts.index;
    this.bootedAt = parts.now;
    this.rate = parts.rate;
    this.#send = parts.send;
    this.#onHolds = parts.onHolds;
    this.recording = new Recording(parts.router);
    this.state = createInstance(parts.router, this.#local(parts.now), true);
    this.give(parts.now, { type: 'startup' });
  }

  /** When something happens here by itself; infinite when nothing will. */
  get nextAt(): number {
    if (!this.alive) return Number.POSITIVE_INFINITY;
    const due = deadline(this.state)?.at;
    const timer = due === undefined ? Number.POSITIVE_INFINITY : Math.max(this.#world(due), this.pausedUntil);
    const wake = this.#backlog.length > 0 ? this.pausedUntil : Number.POSITIVE_INFINITY;
    return Math.min(timer, wake, this.holds ? this.#leaseEnds : Number.POSITIVE_INFINITY);
  }

  /** Lets everything happen that is due: the kernel first, then what waited, then the timer. */
  advance(now: number): void {
    if (this.holds && this.#leaseEnds <= now) {
      this.#setHolds(false);
      for (const address of this.state.router.addresses) this.give(now, { type: 'address-missing', address });
    }
    if (!this.alive || now < this.pausedUntil) return;
    for (const input of this.#backlog.splice(0)) this.#perform(now, input);
    const due = deadline(this.state);
    if (due === undefined || this.#world(due.at) > now) return;
    this.#clock = Math.max(this.#clock, Math.ceil(due.at));
    this.#perform(now, { type: 'tick' });
  }

  give(now: number, input: Input): void {
    if (!this.alive) return;
    if (now < this.pausedUntil || this.#backlog.length > 0) this.#backlog.push(input);
    else this.#perform(now, input);
  }

  powerOff(): void {
    this.alive = false;
    this.#setHolds(false);
  }

  #perform(now: number, first: Input): void {
    const inputs = [first];
    for (let next = inputs.shift(); next !== undefined; next = inputs.shift()) {
      this.recording.add(this.#local(now), next);
      if (next.type === 'advertised') this.#renewable = now;
      const { state, effects } = step(this.state, this.#local(now), next);
      this.state = state;
      for (const effect of effects) {
        const answer = this.#carryOut(now, effect);
        if (answer !== undefined) inputs.push(answer);
      }
    }
    // The state and the kernel agree, unless the lease has run out and the core has not been told yet.
    if (this.holds) assert.equal(this.state.name, 'active', 'a node that is not active holds the address');
  }

  #carryOut(now: number, effect: Effect): Input | undefined {
    switch (effect.type) {
      case 'claim':
        this.#renewable = now;
        this.#lease(now, effect.lease);
        return undefined;
      case 'renew':
        this.#lease(now, effect.lease);
        return undefined;
      case 'release':
        this.#setHolds(false);
        return undefined;
      case 'advertise': {
        const { advertisement } = effect;
        if (advertisement.priority > 0) assert.ok(this.holds, 'advertises an address that it does not hold');
        else assert.ok(!this.holds, 'says that it leaves while it holds the address');
        if (!this.linkUp || !this.sendingWorks) return { type: 'advertise-failed' };
        const { source } = this.state.router;
        const payload = encode(advertisement, { source, destination: IPV4_GROUP, checksum: 'rfc9568' });
        this.#send({ type: 'datagram', datagram: { source, destination: IPV4_GROUP, ttl: 255, payload } });
        return { type: 'advertised' };
      }
      default:
        return undefined;
    }
  }

  #lease(now: number, lease: number): void {
    assert.equal(this.#renewable, now, 'I1 lease: renewed although no advertisement had just left');
    this.#leaseEnds = now + lease / this.rate;
    this.#setHolds(true);
  }

  #setHolds(holds: boolean): void {
    if (this.holds === holds) return;
    this.holds = holds;
    this.#onHolds(holds);
  }

  /** In whole microseconds, as a scenario can say them; never backwards. */
  #local(now: number): Instant {
    this.#clock = Math.max(this.#clock, Math.round((now - this.bootedAt) * this.rate));
    return instant(this.#clock);
  }

  #world(local: Instant): number {
    return this.bootedAt + Math.ceil(local) / this.rate;
  }
}
