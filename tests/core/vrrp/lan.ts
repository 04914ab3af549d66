import { formatAddress, parseAddress } from '../../../src/core/net/address.ts';
import { parsePrefix } from '../../../src/core/net/prefix.ts';
import { centiseconds } from '../../../src/core/time/centiseconds.ts';
import { milliseconds } from '../../../src/core/time/duration.ts';
import { type Instant, instant } from '../../../src/core/time/instant.ts';
import { encode, IPV4_GROUP } from '../../../src/core/vrrp/codec.ts';
import { VRRP3 } from '../../../src/core/vrrp/dialect.ts';
import type { Input } from '../../../src/core/vrrp/inputs.ts';
import { createInstance, step } from '../../../src/core/vrrp/instance.ts';
import type { VirtualRouter } from '../../../src/core/vrrp/router.ts';
import { deadline, type State } from '../../../src/core/vrrp/state.ts';
import { smallestLease } from '../../../src/core/vrrp/timers.ts';

/** What a node of the virtual LAN is like. */
export interface NodeOptions {
  priority: number;
  intervalMs: number;
  pair?: boolean;
  preempt?: boolean;
}

interface Node {
  state: State;
  alive: boolean;
  connected: boolean;
  /** Until when the node is paused: it takes packets in, but acts on nothing. */
  pausedUntil: number;
  holds: boolean;
  leaseEnds: number;
  backlog: Input[];
}

/** A change of who has the address. */
export interface OwnerEvent {
  atMs: number;
  node: number;
  holds: boolean;
}

interface Delivery {
  at: number;
  to: number;
  input: Input;
}

/** Real cores on a LAN of virtual time: packets take `latencyMs`, cables can be cut, nodes die, pause and return. */
export class Lan {
  readonly nodes: Node[] = [];
  readonly owners: OwnerEvent[] = [];
  readonly latencyMs: number;
  #now = 0;
  #deliveries: Delivery[] = [];

  constructor(latencyMs: number) {
    this.latencyMs = latencyMs;
  }

  get nowMs(): number {
    return this.#now / 1000;
  }

  /** Starts one more node now and returns its number. */
  join(options: NodeOptions): number {
    const index = this.nodes.length;
    const state = createInstance(router(options, index), this.#instant(), true);
    this.nodes.push({
      state,
      alive: true,
      connected: true,
      pausedUntil: 0,
      holds: false,
      leaseEnds: 0,
      backlog: [],
    });
    this.give(index, { type: 'startup' });
    return index;
  }

  /** Power off: no farewell. The address is gone with the machine. */
  kill(index: number): void {
    const node = this.#node(index);
    node.alive = false;
    this.#setHolds(index, false);
  }

  pause(index: number, forMs: number): void {
    this.#node(index).pausedUntil = this.#now + forMs * 1000;
  }

  give(index: number, input: Input): void {
    const node = this.#node(index);
    if (!node.alive) return;
    if (this.#now < node.pausedUntil) {
      node.backlog.push(input);
      return;
    }
    const inputs = [input];
    for (let next = inputs.shift(); next !== undefined; next = inputs.shift()) {
      const { state, effects } = step(node.state, this.#instant(), next);
      node.state = state;
      for (const effect of effects) {
        if (effect.type === 'claim' || effect.type === 'renew') {
          node.leaseEnds = this.#now + effect.lease;
          this.#setHolds(index, true);
        }
        if (effect.type === 'release') this.#setHolds(index, false);
        if (effect.type !== 'advertise') continue;
        const { source } = state.router;
        const payload = encode(effect.advertisement, {
          source,
          destination: IPV4_GROUP,
          checksum: 'rfc9568',
        });
        this.#broadcast(index, {
          type: 'datagram',
          datagram: { source, destination: IPV4_GROUP, ttl: 255, payload },
        });
        inputs.push({ type: 'advertised' });
      }
    }
  }

  /** Lets time pass up to `untilMs`, event by event. */
  run(untilMs: number): void {
    for (;;) {
      const at = this.#nextEvent();
      if (at > untilMs * 1000) break;
      this.#now = Math.max(this.#now, at);
      this.#expireLeases();
      this.#wake();
      this.#deliver();
      for (const [index, node] of this.nodes.entries()) {
        const due = deadline(node.state);
        if (node.alive && this.#now >= node.pausedUntil && due !== undefined && due.at <= this.#now)
          this.give(index, { type: 'tick' });
      }
    }
    this.#now = untilMs * 1000;
  }

  holders(): number[] {
    return [...this.nodes.keys()].filter((index) => this.nodes[index]?.holds);
  }

  address(index: number): string {
    return formatAddress(this.#node(index).state.router.source);
  }

  #nextEvent(): number {
    const times = this.#deliveries.map((delivery) => delivery.at);
    for (const node of this.nodes) {
      if (node.holds) times.push(node.leaseEnds);
      if (!node.alive) continue;
      const due = deadline(node.state)?.at ?? Number.POSITIVE_INFINITY;
      times.push(Math.max(due, node.pausedUntil));
      if (node.backlog.length > 0) times.push(node.pausedUntil);
    }
    return Math.min(...times);
  }

  /** The kernel's part: it removes what was not renewed, whether the process runs or not. */
  #expireLeases(): void {
    for (const [index, node] of this.nodes.entries()) {
      if (!node.holds || node.leaseEnds > this.#now) continue;
      this.#setHolds(index, false);
      for (const address of node.state.router.addresses)
        this.give(index, { type: 'address-missing', address });
    }
  }

  #wake(): void {
    for (const [index, node] of this.nodes.entries()) {
      if (this.#now < node.pausedUntil) continue;
      for (const input of node.backlog.splice(0)) this.give(index, input);
    }
  }

  #deliver(): void {
    const due = this.#deliveries.filter((delivery) => delivery.at <= this.#now);
    this.#deliveries = this.#deliveries.filter((delivery) => delivery.at > this.#now);
    for (const { to, input } of due) if (this.#node(to).connected) this.give(to, input);
  }

  #broadcast(from: number, input: Input): void {
    if (!this.#node(from).connected) return;
    for (const to of this.nodes.keys()) {
      if (to !== from) this.#deliveries.push({ at: this.#now + this.latencyMs * 1000, to, input });
    }
  }

  #setHolds(index: number, holds: boolean): void {
    const node = this.#node(index);
    if (node.holds !== holds) this.owners.push({ atMs: this.nowMs, node: index, holds });
    node.holds = holds;
  }

  #node(index: number): Node {
    const node = this.nodes[index];
    if (node === undefined) throw new Error(`there is no node ${index}`);
    return node;
  }

  #instant(): Instant {
    return instant(this.#now);
  }
}

function router(options: NodeOptions, index: number): VirtualRouter {
  const interval = centiseconds(options.intervalMs / 10);
  const source = parseAddress(`192.0.2.${index + 1}`);
  const virtual = parsePrefix('192.0.2.222/24');
  if (source === undefined || virtual === undefined) throw new Error('too many nodes');
  return {
    dialect: VRRP3,
    vrid: 51,
    priority: options.priority,
    interval,
    pair: options.pair ?? false,
    preempt: options.preempt ?? false,
    preemptDelay: milliseconds(0),
    startDelay: milliseconds(0),
    addresses: [virtual],
    lease: smallestLease(interval),
    source,
  };
}
