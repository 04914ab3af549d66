import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, it } from 'node:test';
import { type Marks, open, type Policy } from '../../../src/core/authentication/receiver.ts';
import { clockSequence, isAfter, nextSequence } from '../../../src/core/authentication/sequence.ts';
import { isSignedWith, type Key, sign } from '../../../src/core/authentication/trailer.ts';
import { fromHex, toHex } from '../../../src/core/bytes/hex.ts';
import { type IpAddress, parseAddress } from '../../../src/core/net/address.ts';
import { decode, sealIpv6 } from '../../../src/core/vrrp/codec.ts';

const key: Key = { id: 1, bytes: Uint8Array.from({ length: 32 }, (_, index) => index) };
const other: Key = { id: 2, bytes: new Uint8Array(32).fill(9) };
const NOW_MS = 1_800_000_000_000;
const policy: Policy = { mode: 'enforce', keys: [key, other], activeKey: 1, windowSeconds: 5 };

function hmac(bytes: Uint8Array, message: Uint8Array): Uint8Array {
  return createHmac('sha256', bytes).update(message).digest();
}

function address(text: string): IpAddress {
  return parseAddress(text) ?? assert.fail(text);
}

/** The wire images that keepalived published with the extension. */
const vectors = [
  {
    name: 'IPv4',
    source: '198.51.100.10',
    message: '3133c80100644402c0000264',
    trailer: '0101000068000000800000001b84bc4e8e43892dc6d98448f8ee2265',
  },
  {
    name: 'IPv6',
    source: 'fe80::10',
    message: '3133c8010064a2e9fe800000000000000000000000000100',
    trailer: '010100006800000080000000c8c56146ebfd66ee10ec4d8186461b78',
  },
];

const source = address('198.51.100.10');
const message = fromHex(vectors[0]?.message ?? '') ?? assert.fail();

function signed(atMs: number, counter = 0n, with_: Key = key): Uint8Array {
  return sign(message, source, { keyId: with_.id, sequence: clockSequence(atMs) + counter }, with_, hmac);
}

function verdict(
  payload: Uint8Array,
  change: Partial<Policy> = {},
  marks: Marks = new Map(),
  from = source,
  path = 'multicast',
): string {
  const datagram = { source: from, destination: address('224.0.0.18'), ttl: 255, payload, path };
  const opened = open(datagram, { ...policy, ...change }, marks, NOW_MS, hmac);
  if (!opened.ok) return opened.forgery;
  assert.deepEqual(opened.datagram.payload, message);
  if (opened.deaf) return 'taken, but deaf';
  return opened.copy ? 'copy' : 'taken';
}

describe('authentication trailer: published vectors', () => {
  for (const { name, source: from, message: text, trailer } of vectors) {
    it(name, () => {
      const bare = fromHex(text) ?? assert.fail();
      const packet = sign(bare, address(from), { keyId: 1, sequence: 0x6800000080000000n }, key, hmac);
      assert.equal(toHex(packet), text + trailer);
      assert.ok(isSignedWith(packet, address(from), key, hmac));
      // The published image is of a packet to this node; over IPv6 its checksum covers the trailer.
      if (name === 'IPv6')
        assert.deepEqual(
          sealIpv6(packet, { source: address(from), destination: address('fe80::20') }),
          packet,
        );
      // The checksum is the kernel's or a router's; everything else is covered.
      for (let index = 0; index < packet.length; index += 1) {
        const damaged = packet.map((byte, at) => (at === index ? byte ^ 1 : byte));
        assert.equal(
          isSignedWith(damaged, address(from), key, hmac),
          index === 6 || index === 7,
          `byte ${index}`,
        );
      }
    });
  }
});

/** The marks after these packets were taken. */
function after(packets: readonly Uint8Array[], marks: Marks = new Map(), path = 'multicast'): Marks {
  return packets.reduce((known, payload) => {
    const datagram = { source, destination: address('224.0.0.18'), ttl: 255, payload, path };
    const opened = open(datagram, policy, known, NOW_MS, hmac);
    assert.ok(opened.ok);
    return opened.marks;
  }, marks);
}

describe('authentication: what is taken and what is not', () => {
  it('takes what is signed with any of our keys, and takes the trailer off', () => {
    assert.equal(verdict(signed(NOW_MS)), 'taken');
    assert.equal(verdict(signed(NOW_MS, 0n, other)), 'taken');
  });

  it('names what is wrong', () => {
    assert.equal(verdict(message), 'authentication-missing');
    assert.equal(verdict(signed(NOW_MS, 0n, { ...key, id: 3 })), 'unknown-key');
    assert.equal(verdict(signed(NOW_MS, 0n, { ...other, id: 1 })), 'wrong-key');
    assert.equal(verdict(signed(NOW_MS), {}, new Map(), address('198.51.100.11')), 'wrong-key');
    assert.equal(verdict(signed(NOW_MS - 6000)), 'stale');
    const malformed = signed(NOW_MS);
    malformed[message.length] = 2;
    assert.equal(verdict(malformed), 'authentication-malformed');
  });

  it('takes each packet once, and no earlier one of the same sender after it', () => {
    const marks = after([signed(NOW_MS, 1n)]);
    assert.equal(verdict(signed(NOW_MS, 1n), {}, marks), 'replayed');
    assert.equal(verdict(signed(NOW_MS), {}, marks), 'replayed');
    assert.equal(verdict(signed(NOW_MS, 2n), {}, marks), 'taken');
  });

  it('the same advertisement by another path is a copy, once, and only shortly after', () => {
    const marks = after([signed(NOW_MS, 1n), signed(NOW_MS, 2n)]);
    const unicast = (payload: Uint8Array, known: Marks): string =>
      verdict(payload, {}, known, source, 'unicast');
    assert.equal(unicast(signed(NOW_MS, 1n), marks), 'copy');
    assert.equal(unicast(signed(NOW_MS, 2n), marks), 'copy');
    assert.equal(unicast(signed(NOW_MS, 3n), marks), 'taken');
    const heard = after([signed(NOW_MS, 2n)], marks, 'unicast');
    assert.equal(unicast(signed(NOW_MS, 2n), heard), 'replayed');
    assert.equal(unicast(signed(NOW_MS, 1n), heard), 'replayed');
    // What comes by the faster path next is new, and its copy on the first path no replay.
    const ahead = after([signed(NOW_MS, 3n)], heard, 'unicast');
    assert.equal(verdict(signed(NOW_MS, 3n), {}, ahead), 'copy');
    // A path that is dead is no way in for recordings.
    assert.equal(unicast(signed(NOW_MS - 2000), marks), 'replayed');
  });

  it('a mark moves only for what came by a path of ours', () => {
    const datagram = {
      source,
      destination: address('198.51.100.1'),
      ttl: 255,
      payload: signed(NOW_MS),
      path: null,
    };
    const opened = open(datagram, policy, new Map(), NOW_MS, hmac);
    assert.ok(opened.ok);
    assert.equal(opened.marks.size, 0);
  });

  it('a sender whose clock is ahead is heard and known to be deaf; its recordings are worth nothing later', () => {
    const hour = 3_600_000;
    assert.equal(verdict(signed(NOW_MS + 4000)), 'taken');
    assert.equal(verdict(signed(NOW_MS + 6000)), 'taken, but deaf');
    const ahead = after([signed(NOW_MS + hour, 1n)]);
    assert.equal(verdict(signed(NOW_MS + hour, 1n), {}, ahead), 'replayed');
    assert.equal(verdict(signed(NOW_MS + hour, 2n), {}, ahead), 'taken, but deaf');
    // Its clock is corrected: it goes on at once, and what it sent before does not come back.
    assert.equal(verdict(signed(NOW_MS), {}, ahead), 'taken');
    const corrected = after([signed(NOW_MS)], ahead);
    assert.equal(verdict(signed(NOW_MS + hour, 1n), {}, corrected), 'replayed');
    assert.equal(verdict(signed(NOW_MS, 1n), {}, corrected), 'taken');
  });

  it('of two nodes whose clocks differ exactly one is heard, however they round', () => {
    for (let differenceMs = 4500; differenceMs <= 7500; differenceMs += 50) {
      const behind = verdict(signed(NOW_MS - differenceMs));
      const ahead = Array.from({ length: 20 }, (_, phase) => {
        const at = NOW_MS + phase * 50;
        const datagram = {
          source,
          destination: address('224.0.0.18'),
          ttl: 255,
          payload: signed(at + differenceMs),
        };
        const opened = open(datagram, policy, new Map(), at, hmac);
        return opened.ok && opened.deaf;
      });
      if (behind === 'stale') assert.ok(ahead.every(Boolean), `${differenceMs} ms apart`);
    }
  });

  it('over IPv6 the same rules hold, and the checksum covers the trailer', () => {
    const from = address('fe80::10');
    const to = address('fe80::20');
    const bare = fromHex(vectors[1]?.message ?? '') ?? assert.fail();
    const at = { keyId: 1, sequence: clockSequence(NOW_MS) };
    const packet = sealIpv6(sign(bare, from, at, key, hmac), { source: from, destination: to });
    const datagram = { source: from, destination: to, ttl: 255, payload: packet };
    const opened = open(datagram, policy, new Map(), NOW_MS, hmac);
    assert.ok(opened.ok);
    const decoded = decode(opened.datagram);
    assert.ok(decoded.ok, JSON.stringify(decoded));
    assert.deepEqual([decoded.advertisement.vrid, decoded.advertisement.priority], [51, 200]);
    const again = open(datagram, policy, opened.marks, NOW_MS, hmac);
    assert.deepEqual([again.ok, again.ok || again.forgery], [false, 'replayed']);
    const late = open(datagram, policy, new Map(), NOW_MS + 6000, hmac);
    assert.deepEqual([late.ok, late.ok || late.forgery], [false, 'stale']);
    const forged = { ...datagram, payload: packet.map((byte, index) => (index === 2 ? 254 : byte)) };
    const refused = open(forged, policy, new Map(), NOW_MS, hmac);
    assert.deepEqual([refused.ok, refused.ok || refused.forgery], [false, 'wrong-key']);
    const damaged = decode({
      ...datagram,
      payload: packet.map((byte, index) => (index === 40 ? byte ^ 1 : byte)),
    });
    assert.deepEqual(damaged, { ok: false, reason: 'checksum' });
  });

  it('receive-only and permissive take what is not signed, but nothing forged', () => {
    for (const mode of ['receive-only', 'permissive'] as const) {
      assert.equal(verdict(message, { mode }), 'taken');
      assert.equal(verdict(signed(NOW_MS, 0n, { ...other, id: 1 }), { mode }), 'wrong-key');
    }
  });
});

describe('authentication: sequence numbers', () => {
  it('follow the clock, grow when it stands, and start again after a correction', () => {
    const first = nextSequence(0n, NOW_MS, 5);
    assert.equal(first, clockSequence(NOW_MS));
    assert.equal(nextSequence(first, NOW_MS, 5), first + 1n);
    assert.equal(nextSequence(clockSequence(NOW_MS + 2000), NOW_MS, 5), clockSequence(NOW_MS + 2000) + 1n);
    assert.equal(nextSequence(clockSequence(NOW_MS + 3_600_000), NOW_MS, 5), first);
  });

  it('are compared across their wrap', () => {
    assert.ok(isAfter(1n, 0xffff_ffff_ffff_fff0n));
    assert.ok(!isAfter(0xffff_ffff_ffff_fff0n, 1n));
  });
});
