import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { open, type Policy } from '../../../src/core/authentication/receiver.ts';
import { clockSequence } from '../../../src/core/authentication/sequence.ts';
import { sign } from '../../../src/core/authentication/trailer.ts';
import { encodeCarp } from '../../../src/core/carp/codec.ts';
import { parseAddress } from '../../../src/core/net/address.ts';
import { parsePrefix } from '../../../src/core/net/prefix.ts';
import { centiseconds } from '../../../src/core/time/centiseconds.ts';
import { milliseconds, seconds } from '../../../src/core/time/duration.ts';
import { after, instant } from '../../../src/core/time/instant.ts';
import { encode, IPV4_GROUP } from '../../../src/core/vrrp/codec.ts';
import { encodeV2 } from '../../../src/core/vrrp/codec-v2.ts';
import { type Dialect, VRRP2, VRRP3 } from '../../../src/core/vrrp/dialect.ts';
import { createInstance, step } from '../../../src/core/vrrp/instance.ts';
import { deadline, type State } from '../../../src/core/vrrp/state.ts';

/** FUZZ=N tries N packets per dialect instead. */
const PACKETS = Number(process.env['FUZZ'] ?? 100_000);

const source = parseAddress('192.0.2.2') ?? assert.fail();
const own = parseAddress('192.0.2.1') ?? assert.fail();
const virtual = parsePrefix('192.0.2.222/24') ?? assert.fail();
const CARP: Dialect = { name: 'carp', parameters: { advbase: 1, advskew: 0, deadRatio: 3 } };

const advertisement = fc.record({
  vrid: fc.constantFrom(51, 51, 51, 7),
  priority: fc.integer({ min: 0, max: 255 }),
  interval: fc.constantFrom(100, 100, 200, 25_500).map(centiseconds),
  addresses: fc.array(fc.constant(virtual.address), { minLength: 1, maxLength: 5 }),
});

const good: Readonly<Record<Dialect['name'], fc.Arbitrary<Uint8Array>>> = {
  vrrp3: advertisement.map((one) =>
    encode(
      { ...one, interval: centiseconds(one.interval % 4096) },
      { source, destination: IPV4_GROUP, checksum: 'rfc9568' },
    ),
  ),
  vrrp2: advertisement.map(encodeV2),
  carp: advertisement.map(({ vrid, priority }) =>
    encodeCarp(
      { vhid: vrid, advbase: 1, advskew: priority, counter: 1n },
      virtual.address,
      () => new Uint8Array(20),
    ),
  ),
};

/** A good packet with some bytes changed, cut or grown; or any bytes at all. */
function payload(dialect: Dialect['name']): fc.Arbitrary<Uint8Array> {
  const change = fc.record({ at: fc.nat(60), value: fc.nat(255) });
  const mutated = fc
    .tuple(good[dialect], fc.array(change, { maxLength: 3 }), fc.constantFrom(0, 0, 0, -1, -8, 1, 28))
    .map(([packet, changes, growth]) => {
      const bytes = new Uint8Array(Math.max(0, packet.length + growth));
      bytes.set(packet.subarray(0, bytes.length));
      for (const { at, value } of changes) if (at < bytes.length) bytes[at] = value;
      return bytes;
    });
  return fc.oneof(
    { weight: 4, arbitrary: mutated },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 1500 }) },
  );
}

function instances(dialect: Dialect): readonly State[] {
  const router = {
    dialect,
    vrid: 51,
    priority: 100,
    interval: centiseconds(100),
    pair: true,
    preempt: false,
    preemptDelay: milliseconds(0),
    startDelay: milliseconds(0),
    addresses: [virtual],
    lease: seconds(2),
    source: own,
  };
  const backup = step(createInstance(router, instant(0), true), instant(0), { type: 'startup' }).state;
  const active = step(backup, deadline(backup)?.at ?? assert.fail(), { type: 'tick' }).state;
  return [backup, active];
}

function decisive(state: State): object {
  const { stats: _, ...rest } = state;
  return rest;
}

function drops(state: State): number {
  return Object.values(state.stats.dropped).reduce((total, value) => total + value, 0);
}

describe(`${PACKETS} packets of each dialect`, () => {
  for (const dialect of [VRRP3, VRRP2, CARP]) {
    it(`${dialect.name}: none throws, what is refused changes a counter and nothing else, effects are few`, () => {
      const states = instances(dialect);
      fc.assert(
        fc.property(payload(dialect.name), fc.boolean(), fc.boolean(), (bytes, asActive, otherTtl) => {
          const before = states[asActive ? 1 : 0] ?? assert.fail();
          const datagram = {
            source,
            destination: IPV4_GROUP,
            ttl: otherTtl && bytes.length % 7 === 0 ? 64 : 255,
            payload: bytes,
          };
          const now = after(before.since, milliseconds(10));
          const { state, effects } = step(before, now, { type: 'datagram', datagram });
          assert.ok(effects.length <= 8);
          if (state.stats.received === before.stats.received) {
            assert.equal(drops(state), 1);
            assert.deepEqual(decisive(state), decisive(before));
            assert.ok(effects.every((effect) => effect.type === 'report'));
          } else assert.equal(drops(state), 0);
        }),
        { numRuns: PACKETS },
      );
    });
  }

  it('signed: no damaged packet is taken', () => {
    const nowMs = 1_800_000_000_000;
    const key = { id: 1, bytes: new Uint8Array(32).fill(7) };
    const policy: Policy = { mode: 'enforce', keys: [key], activeKey: 1, windowSeconds: 5 };
    const hmac = (bytes: Uint8Array, message: Uint8Array): Uint8Array =>
      createHmac('sha256', bytes).update(message).digest();
    fc.assert(
      fc.property(
        good.vrrp3,
        fc.nat(100),
        fc.integer({ min: 1, max: 255 }),
        fc.nat(40),
        (message, at, flip, cut) => {
          const whole = sign(message, source, { keyId: 1, sequence: clockSequence(nowMs) }, key, hmac);
          const packet = whole.slice(0, cut === 0 ? whole.length : Math.max(0, whole.length - cut));
          const index = at % Math.max(1, packet.length);
          // The checksum is not covered; the codec checks it.
          if (index === 6 || index === 7) return;
          packet[index] = (packet[index] ?? 0) ^ flip;
          const datagram = { source, destination: IPV4_GROUP, ttl: 255, payload: packet };
          assert.equal(open(datagram, policy, new Map(), nowMs, hmac).ok, false);
        },
      ),
      { numRuns: Math.floor(PACKETS / 4) },
    );
  });
});
