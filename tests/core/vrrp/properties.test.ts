import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type IpAddress, parseAddress } from '../../../src/core/net/address.ts';
import type { Datagram } from '../../../src/core/net/ipv4-packet.ts';
import { parseIpv4Packet } from '../../../src/core/net/ipv4-packet.ts';
import { parsePrefix } from '../../../src/core/net/prefix.ts';
import { centiseconds } from '../../../src/core/time/centiseconds.ts';
import { milliseconds, seconds } from '../../../src/core/time/duration.ts';
import { after, instant } from '../../../src/core/time/instant.ts';
import { type Advertisement, decode, encode, IPV4_GROUP } from '../../../src/core/vrrp/codec.ts';
import { VRRP3 } from '../../../src/core/vrrp/dialect.ts';
import { createInstance, step } from '../../../src/core/vrrp/instance.ts';
import { deadline, type State } from '../../../src/core/vrrp/state.ts';

const source = parseAddress('192.0.2.2') ?? assert.fail();
const own = parseAddress('192.0.2.1') ?? assert.fail();
const virtual = parsePrefix('192.0.2.222/24') ?? assert.fail();

const anyAddress: fc.Arbitrary<IpAddress> = fc
  .uint8Array({ minLength: 4, maxLength: 4 })
  .map((bytes) => ({ family: 4, bytes }));

const anyAdvertisement: fc.Arbitrary<Advertisement> = fc.record({
  vrid: fc.integer({ min: 1, max: 255 }),
  priority: fc.integer({ min: 0, max: 255 }),
  interval: fc.integer({ min: 1, max: 4095 }).map(centiseconds),
  addresses: fc.array(anyAddress, { minLength: 1, maxLength: 20 }),
});

const anyDatagram: fc.Arbitrary<Datagram> = fc.record({
  source: fc.oneof(anyAddress, fc.constant(source)),
  destination: fc.constant(IPV4_GROUP),
  ttl: fc.oneof(fc.constant(255), fc.integer({ min: 0, max: 255 })),
  payload: fc.uint8Array({ maxLength: 200 }),
});

/** An instance as Backup or as Active. */
function instance(active: boolean): State {
  const none = milliseconds(0);
  const router = {
    dialect: VRRP3,
    vrid: 51,
    priority: 100,
    interval: centiseconds(100),
    pair: true,
    preempt: false,
    preemptDelay: none,
    startDelay: none,
    addresses: [virtual],
    lease: seconds(2),
    source: own,
  };
  const begun = step(createInstance(router, instant(0), true), instant(0), { type: 'startup' }).state;
  return active ? step(begun, deadline(begun)?.at ?? assert.fail(), { type: 'tick' }).state : begun;
}

/** All of a state that decides anything: everything but counters. */
function decisive(state: State): object {
  const { stats: _, ...rest } = state;
  return rest;
}

describe('VRRPv3 properties', () => {
  it('what was encoded is decoded, with either checksum', () => {
    fc.assert(
      fc.property(
        anyAdvertisement,
        fc.constantFrom('rfc9568' as const, 'pseudo-header' as const),
        (advertisement, checksum) => {
          const payload = encode(advertisement, { source, destination: IPV4_GROUP, checksum });
          const decoded = decode({ source, destination: IPV4_GROUP, ttl: 255, payload });
          assert.deepEqual(decoded, { ok: true, advertisement: { ...advertisement } });
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('no bytes make the decoder throw', () => {
    fc.assert(
      fc.property(anyDatagram, (datagram) => {
        decode(datagram);
        parseIpv4Packet(datagram.payload);
      }),
      { numRuns: 20_000 },
    );
  });

  it('a packet that is refused changes a counter and nothing else', () => {
    const damage = fc.record({
      advertisement: anyAdvertisement,
      byte: fc.nat(87),
      flip: fc.integer({ min: 1, max: 255 }),
      cut: fc.nat(100),
      ttl: fc.oneof(fc.constant(255), fc.nat(254)),
    });
    fc.assert(
      fc.property(damage, fc.boolean(), ({ advertisement, byte, flip, cut, ttl }, active) => {
        const good = encode(
          { ...advertisement, vrid: 51 },
          { source, destination: IPV4_GROUP, checksum: 'rfc9568' },
        );
        const payload = good.slice(0, cut === 0 ? good.length : cut);
        const index = byte % Math.max(1, payload.length);
        payload[index] = (payload[index] ?? 0) ^ flip;
        const datagram = { source, destination: IPV4_GROUP, ttl, payload };
        const before = instance(active);
        const result = step(before, after(before.since, milliseconds(10)), { type: 'datagram', datagram });
        // One changed byte always spoils the checksum.
        assert.deepEqual(decisive(result.state), decisive(before));
        assert.equal(
          Object.values(result.state.stats.dropped).reduce((total, value) => total + value, 0),
          1,
        );
        assert.ok(result.effects.every((effect) => effect.type === 'report'));
      }),
      { numRuns: 20_000 },
    );
  });

  it('an instance is frozen and never changed in place', () => {
    fc.assert(
      fc.property(anyDatagram, fc.boolean(), (datagram, active) => {
        const before = instance(active);
        const copy = structuredClone(before);
        step(before, after(before.since, milliseconds(10)), { type: 'datagram', datagram });
        assert.deepEqual(before, copy);
        assert.ok(Object.isFrozen(before));
      }),
      { numRuns: 500 },
    );
  });

  it('remembers a bounded number of peers, however many are invented', () => {
    let state = instance(false);
    for (let host = 0; host < 1000; host += 1) {
      const from: IpAddress = { family: 4, bytes: Uint8Array.of(10, 0, host >> 8, host & 255) };
      const advertisement = {
        vrid: 51,
        priority: 200,
        interval: centiseconds(100),
        addresses: [virtual.address],
      };
      const payload = encode(advertisement, { source: from, destination: IPV4_GROUP, checksum: 'rfc9568' });
      const datagram = { source: from, destination: IPV4_GROUP, ttl: 255, payload };
      state = step(state, instant(host), { type: 'datagram', datagram }).state;
    }
    assert.equal(state.peers.length, 16);
  });
});
