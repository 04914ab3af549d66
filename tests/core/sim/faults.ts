import { centiseconds, toDuration } from '../../../src/core/time/centiseconds.ts';
import { milliseconds } from '../../../src/core/time/duration.ts';
import type { VirtualRouter } from '../../../src/core/vrrp/router.ts';
import { smallestLease } from '../../../src/core/vrrp/timers.ts';
import type { Random } from '../../random.ts';
import type { World } from './world.ts';

type Fault = (world: World, random: Random, interval: number) => void;

/** Everything bad that may happen at any moment, each to a node of its own choice. `interval` in microseconds. */
const faults: readonly Fault[] = [
  function cutOneWay(world, random) {
    world.cut.add(`${anyNode(world, random)}>${anyNode(world, random)}`);
  },
  function split(world, random) {
    const alone = anyNode(world, random);
    for (const { index } of world.nodes) world.cut.add(`${alone}>${index}`).add(`${index}>${alone}`);
  },
  function heal(world) {
    world.cut.clear();
  },
  function pullCable(world, random) {
    world.setLink(anyNode(world, random), false);
  },
  function plugCable(world, random) {
    world.setLink(anyNode(world, random), true);
  },
  function pause(world, random, interval) {
    const node = world.node(anyNode(world, random));
    const lease = node.state.router.lease;
    const span = random.pick([interval * 0.5, interval * 2.9, interval * 6, lease * 0.95, lease * 1.5]);
    node.pausedUntil = Math.max(node.pausedUntil, world.now + random.between(0, span));
  },
  function stopSending(world, random) {
    const node = world.node(anyNode(world, random));
    node.sendingWorks = !node.sendingWorks;
  },
  function powerOff(world, random) {
    world.node(anyNode(world, random)).powerOff();
  },
  function restart(world, random) {
    const index = anyNode(world, random);
    const { router } = world.node(index).state;
    world.node(index).powerOff();
    world.boot(index, router);
  },
  function stopAndStart(world, random) {
    const index = anyNode(world, random);
    world.give(index, { type: 'shutdown' });
    world.give(index, { type: 'startup' });
  },
  function resign(world, random, interval) {
    world.give(anyNode(world, random), { type: 'resign', bound: milliseconds((interval * 2) / 1000) });
  },
  function removeByHand(world, random) {
    const node = world.node(anyNode(world, random));
    if (!node.holds) return;
    for (const address of node.state.router.addresses)
      world.give(node.index, { type: 'address-missing', address });
  },
  function reconfigure(world, random) {
    const { index, state } = world.node(anyNode(world, random));
    const router: VirtualRouter = { ...state.router, priority: random.whole(1, 254) };
    world.give(index, { type: 'reconfigure', router });
  },
  function changeInterval(world, random) {
    const { index, state } = world.node(anyNode(world, random));
    const interval = centiseconds(random.pick([1, 5, 10, 50, 100]));
    const router: VirtualRouter = { ...state.router, interval, lease: smallestLease(interval) };
    world.give(index, { type: 'reconfigure', router });
  },
];

export function injectOne(world: World, random: Random): void {
  const [first] = world.nodes;
  if (first === undefined) return;
  random.pick(faults)(world, random, toDuration(first.state.router.interval));
}

/** Everything is repaired and everybody runs with one interval; who was off is switched on again or stays off. */
export function repair(world: World, random: Random): void {
  world.cut.clear();
  for (const node of world.nodes) {
    node.sendingWorks = true;
    node.pausedUntil = Math.min(node.pausedUntil, world.now);
    const others = world.nodes.some((other) => other.alive && other.index !== node.index);
    if (!node.alive && (!others || random.chance(0.7))) world.boot(node.index, node.state.router);
    world.setLink(node.index, true);
  }
  const { interval, lease } = world.node(0).state.router;
  for (const { index, state } of world.nodes) {
    world.give(index, { type: 'reconfigure', router: { ...state.router, interval, lease } });
  }
}

function anyNode(world: World, random: Random): number {
  return random.whole(0, world.nodes.length - 1);
}
