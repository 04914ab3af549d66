import type { Input } from '../../../src/core/vrrp/inputs.ts';
import type { VirtualRouter } from '../../../src/core/vrrp/router.ts';
import type { Random } from '../../random.ts';
import { SimulatedNode } from './node.ts';

/** What happens to packets; probabilities and microseconds. */
export interface Weather {
  readonly loss: number;
  readonly duplication: number;
  readonly delayFrom: number;
  readonly delayTo: number;
}

/** Of one run; far more than any story needs. */
const MOST_EVENTS = 1_000_000;

interface Delivery {
  readonly at: number;
  readonly from: number;
  readonly to: number;
  readonly input: Input;
}

/** A change of who has the address. */
export interface OwnerChange {
  readonly at: number;
  readonly node: number;
  readonly holds: boolean;
}

/** Machines on one LAN in virtual time (microseconds). Delays differ from packet to packet, so packets overtake each other. */
export class World {
  readonly nodes: SimulatedNode[] = [];
  readonly changes: OwnerChange[] = [];
  readonly cut: Set<string> = new Set();
  weather: Weather;
  now = 0;
  readonly #random: Random;
  #deliveries: Delivery[] = [];

  constructor(random: Random, weather: Weather) {
    this.#random = random;
    this.weather = weather;
  }

  /** Switches a machine on: a new one, or again the one that `index` names. */
  boot(index: number, router: VirtualRouter): void {
    const node: SimulatedNode = new SimulatedNode({
      index,
      router,
      now: this.now,
      rate: this.nodes[index]?.rate ?? this.#random.between(0.99, 1.01),
      send: (datagram) => this.#broadcast(index, datagram),
      onHolds: (holds) => this.changes.push({ at: this.now, node: index, holds }),
    });
    this.nodes[index] = node;
  }

  node(index: number): SimulatedNode {
    const node = this.nodes[index];
    if (node === undefined) throw new Error(`there is no node ${index}`);
    return node;
  }

  give(index: number, input: Input): void {
    this.node(index).give(this.now, input);
  }

  /** The cable, as the machine itself sees it. */
  setLink(index: number, up: boolean): void {
    const node = this.node(index);
    if (node.linkUp === up) return;
    node.linkUp = up;
    this.give(index, { type: 'link', up });
  }

  holders(): number[] {
    return this.nodes.filter((node) => node.holds).map((node) => node.index);
  }

  run(until: number): void {
    for (let events = 0; ; events += 1) {
      if (events > MOST_EVENTS)
        throw new Error('the same moment again and again: a deadline that does not move');
      let at = Number.POSITIVE_INFINITY;
      for (const node of this.nodes) at = Math.min(at, node.nextAt);
      for (const delivery of this.#deliveries) at = Math.min(at, delivery.at);
      if (at > until) break;
      this.now = Math.max(this.now, at);
      this.#deliver();
      for (const node of this.nodes) if (node.nextAt <= this.now) node.advance(this.now);
    }
    this.now = until;
  }

  #deliver(): void {
    const due = this.#deliveries.filter((delivery) => delivery.at <= this.now);
    if (due.length === 0) return;
    this.#deliveries = this.#deliveries.filter((delivery) => delivery.at > this.now);
    for (const { from, to, input } of due) {
      if (this.cut.has(`${from}>${to}`) || !this.node(to).linkUp) continue;
      this.give(to, input);
    }
  }

  #broadcast(from: number, input: Input): void {
    const { loss, duplication, delayFrom, delayTo } = this.weather;
    for (const { index: to } of this.nodes) {
      if (to === from || this.#random.chance(loss)) continue;
      const copies = this.#random.chance(duplication) ? 2 : 1;
      for (let copy = 0; copy < copies; copy += 1) {
        this.#deliveries.push({
          at: this.now + this.#random.between(delayFrom, delayTo),
          from,
          to,
          input,
        });
      }
    }
  }
}
