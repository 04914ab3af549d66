import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAddress } from '../../../src/core/net/address.ts';
import { parsePrefix } from '../../../src/core/net/prefix.ts';
import { centiseconds } from '../../../src/core/time/centiseconds.ts';
import { milliseconds, seconds } from '../../../src/core/time/duration.ts';
import { instant } from '../../../src/core/time/instant.ts';
import { encode, IPV4_GROUP } from '../../../src/core/vrrp/codec.ts';
import { VRRP3 } from '../../../src/core/vrrp/dialect.ts';
import { createInstance, step } from '../../../src/core/vrrp/instance.ts';
import type { State } from '../../../src/core/vrrp/state.ts';

const own = parseAddress('10.99.0.1')!;
const peer = parseAddress('10.99.0.2')!;
const virtual = parsePrefix('10.99.0.100/24')!;

function activeNode(): State {
  const router = {
    dialect: VRRP3,
    vrid: 51,
    priority: 200,
    interval: centiseconds(10),
    pair: true,
    preempt: false,
    preemptDelay: milliseconds(0),
    startDelay: milliseconds(0),
    addresses: [virtual],
    lease: seconds(1),
    source: own,
  };
  const begun = step(createInstance(router, instant(0), true), instant(0), { type: 'startup' }).state;
  return step(begun, instant(400_000), { type: 'tick' }).state;
}

function advertisement(priority: number): Parameters<typeof step>[2] & { type: 'datagram' } {
  const payload = encode(
    { vrid: 51, priority, interval: centiseconds(10), addresses: [virtual.address] },
    { source: peer, destination: IPV4_GROUP, checksum: 'rfc9568' },
  );
  return {
    type: 'datagram',
    datagram: { source: peer, destination: IPV4_GROUP, ttl: 255, payload, path: 'multicast' },
  };
}

test('beside an active node that refuses what it signs, a node steps back whatever the priorities', () => {
  const state = activeNode();
  assert.equal(state.name, 'active');
  assert.equal(step(state, instant(450_000), advertisement(1)).state.name, 'active');
  const { state: next, effects } = step(state, instant(450_000), { ...advertisement(1), deaf: true });
  assert.deepEqual([next.name, next.cause.kind], ['backup', 'unheard']);
  assert.equal(effects[0]?.type, 'release', 'the address goes before anything else');
  // A farewell of such a node is no reason to leave.
  assert.equal(step(state, instant(450_000), { ...advertisement(0), deaf: true }).state.name, 'active');
});

test('a copy by another path restarts no timer and is counted apart', () => {
  const standby = step(activeNode(), instant(450_000), { ...advertisement(255) }).state;
  assert.equal(standby.name, 'backup');
  const copied = step(standby, instant(700_000), { ...advertisement(255), copy: true }).state;
  assert.deepEqual([copied.stats.received, copied.stats.copies], [1, 1]);
  assert.equal(step(copied, instant(760_000), { type: 'tick' }).state.name, 'active');
});
