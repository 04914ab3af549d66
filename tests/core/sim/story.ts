import assert from 'node:assert/strict';
import { parseAddress } from '../../../src/core/net/address.ts';
import { parsePrefix } from '../../../src/core/net/prefix.ts';
import { centiseconds, toDuration } from '../../../src/core/time/centiseconds.ts';
import { type Duration, milliseconds } from '../../../src/core/time/duration.ts';
import { VRRP3 } from '../../../src/core/vrrp/dialect.ts';
import type { VirtualRouter } from '../../../src/core/vrrp/router.ts';
import { activeDownInterval, smallestLease } from '../../../src/core/vrrp/timers.ts';
import { Random } from '../../random.ts';
import { injectOne, repair } from './faults.ts';
import { World } from './world.ts';

const virtual = parsePrefix('192.0.2.222/24') ?? assert.fail();

/** What is checked at the end of a seed; thrown with the scenarios of all nodes. */
class SimulationFailure extends Error {}

/**
 * One life of a virtual router from one seed: two to four nodes, a time of faults, and then calm, in which the promises
 * are checked. Throws `SimulationFailure` with one scenario per node that repeats what it was given.
 */
export function live(seed: number): void {
  const random = new Random(seed);
  const calm = { loss: 0, duplication: 0, delayFrom: 50, delayTo: 300 };
  const world = new World(random, calm);
  try {
    const shape = group(random);
    for (const [index, router] of shape.routers.entries()) {
      world.boot(index, router);
      world.run(world.now + random.between(0, shape.interval * 4));
    }
    world.weather = {
      loss: random.pick([0, 0.02, 0.3]),
      duplication: random.pick([0, 0.2]),
      delayFrom: 50,
      delayTo: random.pick([300, shape.interval * 0.3, shape.interval * 1.5]),
    };
    for (let fault = 0; fault < random.whole(2, 12); fault += 1) {
      injectOne(world, random);
      world.run(world.now + random.between(0, shape.interval * 8));
    }
    const longestDelay = world.weather.delayTo;
    world.weather = calm;
    repair(world, random);
    // Packets that are still under way speak of the past.
    world.run(world.now + longestDelay);
    new Calm(world, random).check();
  } catch (cause) {
    throw new SimulationFailure(describe(seed, world, cause), { cause });
  }
}

function group(random: Random): { routers: VirtualRouter[]; interval: Duration } {
  const nodes = random.pick([2, 2, 2, 3, 4]);
  const interval = centiseconds(random.pick([1, 2, 10, 100, 300]));
  const preempt = random.chance(0.3);
  const routers = Array.from({ length: nodes }, (_, index): VirtualRouter => {
    return {
      dialect: VRRP3,
      vrid: 51,
      priority: random.whole(1, 254),
      interval,
      pair: nodes === 2 && random.chance(0.7),
      preempt,
      preemptDelay: milliseconds(preempt ? random.pick([0, 500]) : 0),
      startDelay: milliseconds(random.pick([0, 0, 200])),
      addresses: [virtual],
      lease: smallestLease(interval),
      source: parseAddress(`192.0.2.${index + 1}`) ?? assert.fail(),
    };
  });
  const [first] = routers;
  return {
    routers: routers.map((router) => ({ ...router, pair: first?.pair ?? false })),
    interval: toDuration(interval),
  };
}

/** The promises of a connected network, in the order in which they are put to the test. */
class Calm {
  readonly #world: World;
  readonly #random: Random;
  readonly #interval: number;
  readonly #preempt: boolean;

  constructor(world: World, random: Random) {
    this.#world = world;
    this.#random = random;
    const routers = world.nodes.map((node) => node.state.router);
    this.#interval = Math.max(...routers.map((router) => toDuration(router.interval)));
    this.#preempt = routers.some((router) => router.preempt);
  }

  /** The longest that any node waits in silence now, on the slowest clock. */
  get #down(): number {
    const downs = this.#world.nodes.map(({ state }) =>
      activeDownInterval(
        state.router,
        state.name === 'backup' ? state.activeInterval : state.router.interval,
      ),
    );
    return 1.02 * Math.max(...downs);
  }

  check(): void {
    this.#converges();
    this.#staysCalm('after convergence');
    this.#healsWithoutMoving();
    const dead = this.#takesOver();
    if (dead !== undefined) this.#letsNewcomersWait(dead);
  }

  /** One owner: what was under way may end (a stall, a start, a delayed preemption), each at most a down interval. */
  #converges(): void {
    this.#run(this.#down * 6 + (this.#preempt ? 600_000 : 0) + 250_000);
    assert.equal(this.#world.holders().length, 1, `owners after convergence: ${this.#world.holders()}`);
  }

  #staysCalm(when: string): void {
    const before = this.#world.changes.length;
    this.#run(this.#interval * 20);
    assert.equal(this.#world.changes.length, before, `the owner changed ${when}`);
  }

  /** In a pair the later takeover keeps the address when a split heals. */
  #healsWithoutMoving(): void {
    const { nodes } = this.#world;
    const [before] = this.#world.holders();
    const standby = nodes.find((node) => node.index !== before);
    const pair = nodes.length === 2 && nodes.every((node) => node.alive && node.state.router.pair);
    if (before === undefined || standby === undefined || !pair || this.#preempt) return;
    const { state } = this.#world.node(before);
    // At the end of the range the addresses decide.
    if (state.name !== 'active' || state.priority >= 254) return;
    this.#world.cut.add('0>1').add('1>0');
    this.#run(this.#down * 2);
    assert.deepEqual(this.#world.holders().length, 2, 'owners in a split');
    this.#world.cut.clear();
    this.#run(this.#interval * 1.1 + 1000);
    assert.deepEqual(this.#world.holders(), [standby.index], 'the earlier takeover kept the address');
    this.#staysCalm('after a split');
  }

  #takesOver(): number | undefined {
    const [owner] = this.#world.holders();
    if (owner === undefined || this.#world.nodes.filter((node) => node.alive).length < 2) return undefined;
    this.#run(this.#random.between(0, this.#interval));
    this.#world.node(owner).powerOff();
    const lostAt = this.#world.now;
    const bound = this.#down + 1000;
    this.#run(bound + this.#interval);
    const claim = this.#world.changes.find((change) => change.at >= lostAt && change.holds);
    assert.ok(claim !== undefined, 'nobody took over');
    assert.ok(claim.at - lostAt <= bound, `the takeover took ${claim.at - lostAt} us`);
    this.#run(this.#down * 2 + (this.#preempt ? 600_000 : 0));
    assert.equal(this.#world.holders().length, 1, `owners after a takeover: ${this.#world.holders()}`);
    return owner;
  }

  #letsNewcomersWait(newcomer: number): void {
    if (this.#preempt) return;
    this.#world.boot(newcomer, this.#world.node(newcomer).state.router);
    this.#staysCalm('because of a newcomer (I6)');
  }

  #run(span: number): void {
    this.#world.run(this.#world.now + span);
  }
}

function describe(seed: number, world: World, cause: unknown): string {
  const scenarios = world.nodes.map(
    (node) => `# Node ${node.index}, seed ${seed}.\n${node.recording.text()}\n`,
  );
  const message = cause instanceof Error ? cause.message : String(cause);
  return `seed ${seed}: ${message}\nOne scenario per node; put it into tests/scenarios/vrrp and run with UPDATE=1:\n\n${scenarios.join('\n')}`;
}
