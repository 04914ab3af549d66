import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { toHex } from '../../../src/core/bytes/hex.ts';
import { parseAddress } from '../../../src/core/net/address.ts';
import { centiseconds } from '../../../src/core/time/centiseconds.ts';
import { decodeV2, encodeV2 } from '../../../src/core/vrrp/codec-v2.ts';

const source = parseAddress('192.0.2.1') ?? assert.fail();
const virtual = parseAddress('192.0.2.222') ?? assert.fail();
const destination = parseAddress('224.0.0.18') ?? assert.fail();
const advertisement = { vrid: 51, priority: 100, interval: centiseconds(100), addresses: [virtual] };

function decoded(payload: Uint8Array, change: { ttl?: number; interval?: number } = {}): string {
  const result = decodeV2({ source, destination, ttl: change.ttl ?? 255, payload }, change.interval ?? 100);
  return result.ok ? 'taken' : result.reason;
}

/** One byte changed, the checksum made right again. */
function altered(index: number, value: number): Uint8Array {
  const packet = encodeV2(advertisement);
  const before = packet[index] ?? 0;
  packet[index] = value;
  const view = new DataView(packet.buffer);
  const shift = index % 2 === 0 ? 256 : 1;
  const sum = (~view.getUint16(6) & 0xffff) + (value - before) * shift;
  view.setUint16(6, ~(((sum % 0xffff) + 0xffff) % 0xffff) & 0xffff);
  return packet;
}

describe('VRRPv2 codec (RFC 3768)', () => {
  it('is 20 bytes for one address: seconds, no authentication, its data zero', () => {
    assert.equal(toHex(encodeV2(advertisement)), '213364010001b7ebc00002de0000000000000000');
    assert.equal(decoded(encodeV2(advertisement)), 'taken');
  });

  it('checks what RFC 3768 §7.1 says', () => {
    const good = encodeV2(advertisement);
    assert.equal(decoded(good, { ttl: 254 }), 'ttl');
    assert.equal(decoded(good.slice(0, 19)), 'truncated');
    assert.equal(decoded(good.map((byte, index) => (index === 2 ? 99 : byte))), 'checksum');
    assert.equal(decoded(altered(0, 0x31)), 'version');
    assert.equal(decoded(altered(0, 0x22)), 'type');
    assert.equal(decoded(altered(4, 1)), 'authentication-type');
    assert.equal(decoded(good, { interval: 200 }), 'interval');
  });

  it('believes one that leaves whatever its interval', () => {
    assert.equal(decoded(encodeV2({ ...advertisement, priority: 0 }), { interval: 200 }), 'taken');
  });
});
