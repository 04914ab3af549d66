import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseAddress } from '../../../src/core/net/address.ts';
import { udpDatagram } from '../../../src/core/net/udp-datagram.ts';
import { readIpv4Udp } from '../../../src/core/net/udp-packet.ts';

const datagram = udpDatagram(
  { address: parseAddress('203.0.113.11')!, port: 40_000 },
  { address: parseAddress('10.99.0.100')!, port: 1194 },
  Uint8Array.of(0x30, 1, 2, 3),
);

test('reads what a datagram says of itself, also when only its beginning was copied', () => {
  const read = { sourceAddress: '203.0.113.11', sourcePort: 40_000, destinationPort: 1194, length: 4 };
  assert.deepEqual(readIpv4Udp(datagram), { ...read, payload: Uint8Array.of(0x30, 1, 2, 3) });
  assert.deepEqual(readIpv4Udp(datagram.subarray(0, 30)), { ...read, payload: Uint8Array.of(0x30, 1) });
});

test('reads behind options of the IP header', () => {
  const withOptions = Uint8Array.from([0x46, ...datagram.slice(1, 20), 1, 1, 1, 0, ...datagram.slice(20)]);
  assert.equal(readIpv4Udp(withOptions)?.sourcePort, 40_000);
});

test('a later fragment, another protocol and another version are no datagram', () => {
  for (const [at, value] of [
    [7, 1],
    [9, 6],
    [0, 0x65],
    [0, 0x44],
  ] as const) {
    const other = Uint8Array.from(datagram);
    other[at] = value;
    assert.equal(readIpv4Udp(other), undefined, `byte ${at}`);
  }
});

test('property: no bytes break it', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => void readIpv4Udp(bytes)));
});
