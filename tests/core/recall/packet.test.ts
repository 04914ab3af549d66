import assert from 'node:assert/strict';
import { createCipheriv, createHmac } from 'node:crypto';
import { test } from 'node:test';
import { fromHex, toHex } from '../../../src/core/bytes/hex.ts';
import { parseAddress } from '../../../src/core/net/address.ts';
import { tcpAcknowledgement } from '../../../src/core/net/tcp-segment.ts';
import { udpDatagram } from '../../../src/core/net/udp-datagram.ts';
import { serverToClientKeys } from '../../../src/core/recall/client-key.ts';
import { buildRecallPacket, type PacketCrypto, recallPacketLength } from '../../../src/core/recall/packet.ts';

const crypto: PacketCrypto = {
  hmacSha256: (key, data) => createHmac('sha256', key).update(data).digest(),
  aes256Ctr: (key, iv, data) => createCipheriv('aes-256-ctr', key, iv).update(data),
};
/** Kc, 256 bytes, with a wrapped key behind it. */
const clientKey = Uint8Array.from({ length: 500 }, (_, index) => (index * 7 + 3) & 0xff);

test('the recall, byte for byte as openssl(1) makes it from the description of tls-crypt', () => {
  const keys = serverToClientKeys(clientKey)!;
  const packet = buildRecallPacket(
    { keys, sessionId: fromHex('0102030405060708')!, nowSeconds: 1_750_000_000 },
    crypto,
  );
  assert.equal(
    toHex(packet),
    '40010203040506070800000001684ee17e0a958001eb9743aec6deaf849f1e53e54c899279ecdb40a18fa6' +
      '0942747139174d245f4f7748acb3552c13',
  );
  assert.equal(packet.length, recallPacketLength);
});

test('its time is older than what the server itself sends next, or the answer would look replayed', () => {
  const keys = serverToClientKeys(clientKey)!;
  const nowSeconds = 1_750_000_000;
  const packet = buildRecallPacket({ keys, sessionId: new Uint8Array(8), nowSeconds }, crypto);
  assert.equal(new DataView(packet.buffer).getUint32(13), nowSeconds - 2);
});

test('the plain text asks for the wrapped key again; whoever has the key reads it', () => {
  const keys = serverToClientKeys(clientKey)!;
  const packet = buildRecallPacket({ keys, sessionId: new Uint8Array(8), nowSeconds: 10 }, crypto);
  const plain = crypto.aes256Ctr(keys.cipher, packet.subarray(17, 33), packet.subarray(49));
  assert.equal(toHex(plain), '0000000000000100020001');
});

test('a key file that is too short is no key', () => {
  assert.equal(serverToClientKeys(clientKey.subarray(0, 256)), undefined);
  assert.equal(serverToClientKeys(new Uint8Array(0)), undefined);
});

test('a UDP datagram in an IPv4 packet: header, lengths and checksum', () => {
  const datagram = udpDatagram(
    { address: parseAddress('10.99.0.100')!, port: 1194 },
    { address: parseAddress('203.0.113.11')!, port: 40_000 },
    new TextEncoder().encode('recall'),
  );
  assert.equal(toHex(datagram), '4500002200004000401100000a630064cb00710b04aa9c40000ed5e1726563616c6c');
});

test('an acknowledgement of TCP in an IPv4 packet: header, numbers and checksum', () => {
  const segment = tcpAcknowledgement(
    { address: parseAddress('10.99.0.100')!, port: 1194 },
    { address: parseAddress('203.0.113.11')!, port: 40_000 },
    { sequence: 0x8000_0000, acknowledged: 1 },
  );
  assert.equal(
    toHex(segment),
    '4500002800004000400600000a630064cb00710b04aa9c4080000000000000015010040044160000',
  );
});

test('over IPv6: the same datagram and acknowledgement, with a checksum over the longer addresses', () => {
  const source = { address: parseAddress('2001:db8::100')!, port: 1194 };
  const destination = { address: parseAddress('2001:db8:1::12')!, port: 40_000 };
  const ends = '20010db8000000000000000000000100' + '20010db8000100000000000000000012';
  const datagram = udpDatagram(source, destination, new TextEncoder().encode('recall'));
  assert.equal(toHex(datagram), `60000000000e1140${ends}04aa9c40000ec02f726563616c6c`);
  const segment = tcpAcknowledgement(source, destination, { sequence: 0x8000_0000, acknowledged: 1 });
  assert.equal(toHex(segment), `6000000000140640${ends}04aa9c408000000000000001501004002e640000`);
});
