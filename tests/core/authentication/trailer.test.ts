import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, it } from 'node:test';
import { type Marks, open, type Policy } from '../../../src/core/authentication/receiver.ts';
import { clockSequence, isAfter, nextSequence } from '../../../src/core/authentication/sequence.ts';
import { isSignedWith, type Key, sign } from '../../../src/core/authentication/trailer.ts';
import { fromHex, toHex } from '../../../src/core/bytes/hex.ts';
import { type IpAddress, parseAddress } from '../../../src/core/net/address.ts';

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
): string {
  const datagram = { source: from, destination: address('224.0.0.18'), ttl: 255, payload };
  const opened = open(datagram, { ...policy, ...change }, marks, NOW_MS, hmac);
  if (!opened.ok) return opened.forgery;
  assert.deepEqual(opened.datagram.payload, message);
  return 'taken';
}

describe('authentication trailer: published vectors', () => {
  for (const { name, source: from, message: text, trailer } of vectors) {
    it(name, () => {
      const bare = fromHex(text) ?? assert.fail();
      const packet = sign(bare, address(from), { keyId: 1, sequence: 0x6800000080000000n }, key, hmac);
      assert.equal(toHex(packet), text + trailer);
      assert.ok(isSignedWith(packet, address(from), key, hmac));
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
    assert.equal(verdict(signed(NOW_MS + 6000)), 'stale');
    const malformed = signed(NOW_MS);
    malformed[message.length] = 2;
    assert.equal(verdict(malformed), 'authentication-malformed');
  });

  it('takes each packet once, and no earlier one of the same sender after it', () => {
    const first = open(
      { source, destination: address('224.0.0.18'), ttl: 255, payload: signed(NOW_MS, 1n) },
      policy,
      new Map(),
      NOW_MS,
      hmac,
    );
    assert.ok(first.ok);
    assert.equal(verdict(signed(NOW_MS, 1n), {}, first.marks), 'replayed');
    assert.equal(verdict(signed(NOW_MS), {}, first.marks), 'replayed');
    assert.equal(verdict(signed(NOW_MS, 2n), {}, first.marks), 'taken');
  });

  it('a mark that a wrong clock left in the future expires', () => {
    const marks = new Map([['198.51.100.10', clockSequence(NOW_MS + 3_600_000)]]);
    assert.equal(verdict(signed(NOW_MS), {}, marks), 'taken');
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
