import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fromHex, toHex } from '../../../src/core/bytes/hex.ts';
import { type IpAddress, parseAddress } from '../../../src/core/net/address.ts';
import { centiseconds } from '../../../src/core/time/centiseconds.ts';
import { type ChecksumPolicy, decode, encode } from '../../../src/core/vrrp/codec.ts';

interface Vector {
  name: string;
  source: string;
  destination: string;
  checksum: ChecksumPolicy;
  vrid: number;
  priority: number;
  interval: number;
  addresses: string[];
  hex: string;
}

const vectors: Vector[] = JSON.parse(
  readFileSync(new URL('../../vectors/vrrp3.json', import.meta.url), 'utf8'),
);

function address(text: string): IpAddress {
  const parsed = parseAddress(text);
  assert.ok(parsed, text);
  return parsed;
}

/** A good packet to damage. */
function datagram(
  change: { ttl?: number; hex?: string; source?: string } = {},
): Parameters<typeof decode>[0] {
  const payload = fromHex(change.hex ?? '31 33 64 01 00 64 a7 88 c0 00 02 de');
  assert.ok(payload);
  const source = address(change.source ?? '192.0.2.1');
  const destination = address(source.family === 4 ? '224.0.0.18' : 'ff02::12');
  return { source, destination, ttl: change.ttl ?? 255, payload };
}

describe('VRRPv3 codec: byte vectors', () => {
  for (const vector of vectors) {
    const advertisement = {
      vrid: vector.vrid,
      priority: vector.priority,
      interval: centiseconds(vector.interval),
      addresses: vector.addresses.map(address),
    };
    const path = { source: address(vector.source), destination: address(vector.destination) };
    const bytes = vector.hex.replace(/ /g, '');

    it(`encodes: ${vector.name}`, () => {
      assert.equal(toHex(encode(advertisement, { ...path, checksum: vector.checksum })), bytes);
    });

    it(`decodes: ${vector.name}`, () => {
      const payload = fromHex(bytes);
      assert.ok(payload);
      assert.deepEqual(decode({ ...path, ttl: 255, payload }), { ok: true, advertisement });
    });
  }
});

describe('VRRPv3 codec: receive checks (RFC 9568 §7.1)', () => {
  const cases: [string, Parameters<typeof datagram>[0], string][] = [
    ['R1 a TTL other than 255', { ttl: 254 }, 'ttl'],
    ['R2 an empty packet', { hex: '' }, 'truncated'],
    ['R2 less than a header', { hex: '31 33 64 01 00 64 a7' }, 'truncated'],
    ['R2 fewer addresses than counted', { hex: '31 33 64 02 00 64 a6 88 c0 00 02 de' }, 'truncated'],
    ['R3 VRRP version 2 and CARP', { hex: '21 33 64 01 00 01 b7 eb c0 00 02 de' }, 'version'],
    ['R4 an unknown type', { hex: '32 33 64 01 00 64 a6 88 c0 00 02 de' }, 'type'],
    ['R5 a wrong checksum', { hex: '31 33 65 01 00 64 a7 88 c0 00 02 de' }, 'checksum'],
    ['R7 no address', { hex: '31 33 64 00 00 64 6a 68' }, 'address-count'],
    ['R8 an interval of zero, reserved bits set', { hex: '31 33 64 01 f0 00 b7 eb c0 00 02 de' }, 'interval'],
  ];
  for (const [name, change, reason] of cases) {
    it(`drops ${name}`, () => {
      assert.deepEqual(decode(datagram(change)), { ok: false, reason });
    });
  }

  it('R9 drops an IPv6 packet whose first address is not link-local', () => {
    const path = { source: address('fe80::a'), destination: address('ff02::12') };
    const addresses = [address('2001:db8::222')];
    const payload = encode(
      { vrid: 51, priority: 100, interval: centiseconds(100), addresses },
      { ...path, checksum: 'rfc9568' },
    );
    assert.deepEqual(decode({ ...path, ttl: 255, payload }), { ok: false, reason: 'link-local' });
  });

  it('ignores the reserved bits', () => {
    const decoded = decode(datagram({ hex: '31 33 64 01 f0 64 b7 87 c0 00 02 de' }));
    assert.equal(decoded.ok && decoded.advertisement.interval, 100);
  });

  it('ignores what follows the last address', () => {
    assert.equal(decode(datagram({ hex: '31 33 64 01 00 64 a7 88 c0 00 02 de ff ff' })).ok, true);
  });
});
