import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  compareAddresses,
  formatAddress,
  isIpv6LinkLocal,
  isMulticast,
  parseAddress,
} from '../../../src/core/net/address.ts';
import { formatPrefix, parsePrefix, prefixContains } from '../../../src/core/net/prefix.ts';
import { isSharedIpv6, neighbourOf } from '../../../src/core/net/shared-address.ts';

describe('addresses', () => {
  const canonical: [string, string][] = [
    ['10.99.0.100', '10.99.0.100'],
    ['0.0.0.0', '0.0.0.0'],
    ['::', '::'],
    ['::1', '::1'],
    ['2001:DB8:0:0:0:0:0:222', '2001:db8::222'],
    ['2001:db8:0:1:0:0:0:1', '2001:db8:0:1::1'],
    ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
    ['1:0:2:3:4:5:6:7', '1:0:2:3:4:5:6:7'],
    ['fe80::', 'fe80::'],
    ['::ffff:192.0.2.1', '::ffff:c000:201'],
  ];
  for (const [text, expected] of canonical) {
    it(`reads ${text} and writes ${expected}`, () => {
      const address = parseAddress(text);
      assert.ok(address);
      assert.equal(formatAddress(address), expected);
    });
  }

  const wrong = [
    '',
    '1.2.3',
    '1.2.3.256',
    '01.2.3.4',
    '1.2.3.4 ',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    'g::',
    '1:2:3:4:5:6:7::8',
    '::1.2.3.999',
  ];
  for (const text of wrong) {
    it(`refuses ${JSON.stringify(text)}`, () => assert.equal(parseAddress(text), undefined));
  }

  it('compares unsigned, in network order', () => {
    const [low, high] = [parseAddress('10.0.1.9'), parseAddress('200.0.0.1')];
    assert.ok(low && high);
    assert.ok(compareAddresses(low, high) < 0);
    assert.ok(compareAddresses(high, low) > 0);
    assert.equal(compareAddresses(low, low), 0);
  });

  it('knows link-local and multicast addresses', () => {
    const kinds = (text: string): boolean[] => {
      const address = parseAddress(text);
      assert.ok(address);
      return [isIpv6LinkLocal(address), isMulticast(address)];
    };
    assert.deepEqual(kinds('fe80::1'), [true, false]);
    assert.deepEqual(kinds('fec0::1'), [false, false]);
    assert.deepEqual(kinds('ff02::12'), [false, true]);
    assert.deepEqual(kinds('224.0.0.18'), [false, true]);
    assert.deepEqual(kinds('240.0.0.1'), [false, false]);
  });
});

describe('prefixes', () => {
  it('keeps the host bits', () => {
    const prefix = parsePrefix('10.99.0.100/24');
    assert.ok(prefix);
    assert.equal(formatPrefix(prefix), '10.99.0.100/24');
  });

  for (const text of [
    '10.0.0.1',
    '10.0.0.1/33',
    '10.0.0.1/',
    '/8',
    '10.0.0.1/8/8',
    '::1/129',
    '10.0.0.1/-1',
  ]) {
    it(`refuses ${text}`, () => assert.equal(parsePrefix(text), undefined));
  }

  const inside: [string, string, boolean][] = [
    ['10.99.0.1/24', '10.99.0.100', true],
    ['10.99.0.1/24', '10.99.1.100', false],
    ['10.99.0.1/23', '10.99.1.100', true],
    ['10.99.0.1/32', '10.99.0.2', false],
    ['0.0.0.0/0', '255.1.2.3', true],
    ['10.99.0.1/24', '::1', false],
    ['2001:db8::/33', '2001:db8:8000::1', false],
  ];
  for (const [network, address, expected] of inside) {
    it(`${address} is ${expected ? '' : 'not '}in ${network}`, () => {
      const [prefix, host] = [parsePrefix(network), parseAddress(address)];
      assert.ok(prefix && host);
      assert.equal(prefixContains(prefix, host), expected);
    });
  }
});

describe('an IPv6 address for both nodes of a pair', () => {
  it('is one that clients anywhere reach', () => {
    for (const good of ['2001:db8::100/64', 'fd00:1::2/112']) assert.ok(isSharedIpv6(good), good);
    for (const bad of ['fe80::1/64', 'ff02::1/64', '::1/128', '::/0', '10.0.0.1/24', '2001:db8::1'])
      assert.ok(!isSharedIpv6(bad), bad);
  });

  it('is in the network of one that the node has', () => {
    const own = ['10.0.0.1/24', 'fe80::1/64', '2001:db8:0:1::1/64', '2001:db8::1/64'];
    assert.equal(neighbourOf('2001:db8::100/64', own), '2001:db8::1/64');
    assert.equal(neighbourOf('2001:db8::100/48', own), undefined);
    assert.equal(neighbourOf('2001:db8:0:2::1/64', own), undefined);
  });
});
