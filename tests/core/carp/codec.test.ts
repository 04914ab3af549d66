import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, it } from 'node:test';
import { fromHex, toHex } from '../../../src/core/bytes/hex.ts';
import { BOW_OUT, decodeCarp, encodeCarp, verifiedCounter } from '../../../src/core/carp/codec.ts';
import { acceptCounter, NO_COUNTERS, nextCounter } from '../../../src/core/carp/counter.ts';
import { carpPriority, carpTieLost } from '../../../src/core/carp/order.ts';
import { carpDownInterval, carpInterval } from '../../../src/core/carp/timers.ts';
import { type IpAddress, parseAddress } from '../../../src/core/net/address.ts';
import { toMilliseconds } from '../../../src/core/time/duration.ts';

const vectors = [
  {
    name: 'vhid 42, base 1, skew 0',
    password: 'love',
    virtual: '10.1.1.252',
    advertisement: { vhid: 42, advbase: 1, advskew: 0, counter: 0x0102030405060708n },
    hex: '212a00070001490501020304050607082fa27458019cf0f5b3213320729727a7c3a7aaff',
  },
  {
    name: 'vhid 7, base 1, skew 100, the longest password, counter 0',
    password: '0123456789abcdefghi',
    virtual: '192.0.2.222',
    advertisement: { vhid: 7, advbase: 1, advskew: 100, counter: 0n },
    hex: '210764070001e2f00000000000000000357157c2dcb89155ec17c4c96388e8be03449c50',
  },
];

function address(text: string): IpAddress {
  return parseAddress(text) ?? assert.fail(text);
}

function digest(password: string): (message: Uint8Array) => Uint8Array {
  return (message) => createHmac('sha1', password).update(message).digest();
}

function datagram(payload: Uint8Array, ttl = 255): Parameters<typeof decodeCarp>[0] {
  return { source: address('192.0.2.1'), destination: address('224.0.0.18'), ttl, payload };
}

describe('CARP codec: byte vectors', () => {
  for (const { name, password, virtual, advertisement, hex } of vectors) {
    it(name, () => {
      const bytes = encodeCarp(advertisement, address(virtual), digest(password));
      assert.equal(toHex(bytes), hex);
      const { vhid, advbase, advskew, counter } = advertisement;
      assert.deepEqual(decodeCarp(datagram(bytes), [address(virtual)]), {
        ok: true,
        advertisement: {
          vrid: vhid,
          priority: carpPriority({ advbase, advskew }),
          interval: carpInterval({ advbase, advskew }),
          addresses: [address(virtual)],
        },
      });
      assert.equal(verifiedCounter(bytes, address(virtual), digest(password)), counter);
    });
  }

  it('another password, another virtual address and another counter fail the digest', () => {
    const bytes = fromHex(vectors[0]?.hex ?? '') ?? assert.fail();
    assert.equal(verifiedCounter(bytes, address('10.1.1.252'), digest('hate')), undefined);
    assert.equal(verifiedCounter(bytes, address('10.1.1.253'), digest('love')), undefined);
    bytes[15] = 9;
    assert.equal(verifiedCounter(bytes, address('10.1.1.252'), digest('love')), undefined);
  });

  it('a bow-out is a node that leaves', () => {
    const bytes = encodeCarp({ vhid: 1, ...BOW_OUT, counter: 1n }, address('192.0.2.222'), digest('x'));
    const decoded = decodeCarp(datagram(bytes), []);
    assert.equal(decoded.ok && decoded.advertisement.priority, 0);
  });

  it('drops VRRP of both versions, other lengths, TTLs and damaged packets', () => {
    const good = fromHex(vectors[0]?.hex ?? '') ?? assert.fail();
    const vrrp2 = fromHex('21 33 64 01 00 01 b7 eb c0 00 02 de 00 00 00 00 00 00 00 00') ?? assert.fail();
    const vrrp3 = new Uint8Array(36).fill(0x31);
    const damaged = good.map((byte, index) => (index === 2 ? byte + 1 : byte));
    const reasons = [
      decodeCarp(datagram(good, 64), []),
      decodeCarp(datagram(vrrp2), []),
      decodeCarp(datagram(vrrp3), []),
      decodeCarp(datagram(damaged), []),
    ].map((decoded) => (decoded.ok ? 'taken' : decoded.reason));
    assert.deepEqual(reasons, ['ttl', 'truncated', 'version', 'checksum']);
  });
});

describe('CARP order and timers', () => {
  it('the shorter interval goes first, strictly', () => {
    const ranks = [
      { advbase: 0, advskew: 1 },
      { advbase: 1, advskew: 0 },
      { advbase: 1, advskew: 1 },
      { advbase: 1, advskew: 240 },
      { advbase: 2, advskew: 0 },
      { advbase: 255, advskew: 254 },
    ].map(carpPriority);
    assert.deepEqual(
      [...ranks].sort((a, b) => b - a),
      ranks,
    );
    assert.equal(new Set(ranks).size, ranks.length);
    assert.ok(ranks.every((rank) => rank >= 1 && rank < 254));
  });

  it('between equals the lower last octet goes first, as in UCARP on common machines', () => {
    assert.equal(carpTieLost(address('10.0.2.1'), address('10.0.1.9')), true);
    assert.equal(carpTieLost(address('10.0.1.9'), address('10.0.2.1')), false);
    assert.equal(carpTieLost(address('10.0.1.9'), address('10.0.1.9')), false);
  });

  it('the skew is added once to the dead time', () => {
    assert.equal(toMilliseconds(carpDownInterval({ advbase: 1, advskew: 0, deadRatio: 3 })), 3000);
    assert.equal(toMilliseconds(carpDownInterval({ advbase: 1, advskew: 128, deadRatio: 3 })), 3500);
  });
});

describe('CARP counters', () => {
  const peer = address('192.0.2.2');

  it('grow with the clock, and by one when it stands or goes back', () => {
    const first = nextCounter(NO_COUNTERS, 1000n);
    const second = nextCounter(first.counters, 900n);
    assert.deepEqual([first.counter, second.counter], [1000n, 1001n]);
  });

  it('continue above what is heard', () => {
    const heard = acceptCounter(NO_COUNTERS, peer, 5000n, true) ?? assert.fail();
    assert.equal(nextCounter(heard, 1000n).counter, 5001n);
  });

  it('refuse what was used before, among nodes that all count upwards', () => {
    const heard = acceptCounter(NO_COUNTERS, peer, 5000n, true) ?? assert.fail();
    assert.equal(acceptCounter(heard, peer, 5000n, true), undefined);
    assert.equal(acceptCounter(heard, peer, 4999n, true), undefined);
    assert.ok(acceptCounter(heard, peer, 5001n, true));
    assert.ok(acceptCounter(heard, peer, 1n, false), 'a restarted UCARP begins at random');
  });
});
