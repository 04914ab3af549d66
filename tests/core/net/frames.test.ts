import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromHex, toHex } from '../../../src/core/bytes/hex.ts';
import { formatAddress, parseAddress } from '../../../src/core/net/address.ts';
import { gratuitousArpFrames } from '../../../src/core/net/arp.ts';
import { parseIpv4Packet } from '../../../src/core/net/ipv4-packet.ts';
import { announcementFrames, claimInFrame, questionFrame } from '../../../src/core/net/neighbour.ts';

describe('gratuitous ARP', () => {
  it('is one request and one reply, both with the address as sender and target', () => {
    const [address, mac] = [parseAddress('192.0.2.222'), fromHex('02:00:00:00:00:01')];
    assert.ok(address && mac);
    const head = 'ffffffffffff 020000000001 0806 0001 0800 06 04';
    const tail = '020000000001 c00002de 020000000001 c00002de';
    assert.deepEqual(
      gratuitousArpFrames(address, mac).map(toHex),
      ['0001', '0002'].map((operation) => `${head}${operation}${tail}`.replace(/ /g, '')),
    );
  });
});

describe('who claims an address', () => {
  const [address, mac] = [parseAddress('192.0.2.222'), fromHex('02:00:00:00:00:01')];
  const [v6, source] = [parseAddress('2001:db8::222'), parseAddress('fe80::1')];
  assert.ok(address && mac && v6 && source);

  it('is read from every announcement', () => {
    for (const one of [address, v6]) {
      for (const frame of announcementFrames(one, mac)) {
        assert.deepEqual(claimInFrame(one.family, frame), { address: one, mac });
      }
    }
  });

  it('a question claims nothing for whom it asks about, nor for nobody', () => {
    assert.deepEqual(claimInFrame(4, questionFrame(address, mac, parseAddress('192.0.2.1'))), {
      address: parseAddress('192.0.2.1'),
      mac,
    });
    assert.equal(claimInFrame(4, questionFrame(address, mac, undefined)), undefined);
    assert.equal(claimInFrame(6, questionFrame(v6, mac, source)), undefined);
  });

  it('no frame cut short, and no other one, throws', () => {
    for (const frame of [...announcementFrames(address, mac), ...announcementFrames(v6, mac)]) {
      for (let length = 0; length < frame.length; length += 1) {
        assert.equal(claimInFrame(4, frame.subarray(0, length)), undefined);
        claimInFrame(6, frame.subarray(0, length));
      }
    }
  });

  it('an unsolicited neighbour advertisement is that of RFC 9568: router, override, to all nodes', () => {
    const [frame] = announcementFrames(v6, mac).map(toHex);
    const target = '20010db8000000000000000000000222';
    assert.ok(frame?.startsWith('33330000000102000000000186dd60000000002 03aff'.replace(' ', '')));
    assert.ok(frame?.endsWith(`a0000000${target}0201020000000001`));
  });
});

describe('IPv4 packets of a raw socket', () => {
  const header = '45c0 0020 0000 4000 ff70 9a07 c0000201 e0000012';
  const message = '31336401 0064a788 c00002de';

  it('gives source, destination, TTL and payload', () => {
    const bytes = fromHex(`${header}${message}`);
    const datagram = parseIpv4Packet(bytes ?? new Uint8Array());
    assert.ok(datagram);
    assert.equal(formatAddress(datagram.source), '192.0.2.1');
    assert.equal(formatAddress(datagram.destination), '224.0.0.18');
    assert.equal(datagram.ttl, 255);
    assert.equal(toHex(datagram.payload), message.replace(/ /g, ''));
  });

  for (const [name, hex] of [
    ['half a header', header.slice(0, 20)],
    ['an IPv6 packet', `65${header.slice(2)}${message}`],
    ['a header shorter than 20 bytes', `44${header.slice(2)}${message}`],
    ['options beyond the end', `4f${header.slice(2)}${message}`],
    ['less than its total length', header],
  ] as const) {
    it(`refuses ${name}`, () => {
      assert.equal(parseIpv4Packet(fromHex(hex) ?? new Uint8Array()), undefined);
    });
  }
});
