import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TandemError } from '../../../src/core/errors.ts';
import { formatAddress, parseAddress } from '../../../src/core/net/address.ts';
import { toMilliseconds, toSeconds } from '../../../src/core/time/duration.ts';
import { parseConfig } from '../../../src/heartbeat/config/load.ts';
import { virtualRouter } from '../../../src/heartbeat/config/virtual-router.ts';
import { pathPlans } from '../../../src/heartbeat/paths.ts';
import { changedConfig } from '../../../src/heartbeat/reconfiguration.ts';

const least = { interface: 'eth0', vhid: 51, virtualAddresses: ['10.99.0.100/24'] };

function refusal(change: object): TandemError {
  try {
    parseConfig(JSON.stringify({ ...least, ...change }), 'node.json');
  } catch (error) {
    assert.ok(error instanceof TandemError);
    return error;
  }
  return assert.fail('it was accepted');
}

describe('heartbeat configuration', () => {
  it('needs an interface, a VHID and an address; everything else has a default', () => {
    assert.deepEqual(parseConfig(JSON.stringify(least), 'node.json'), {
      ...least,
      protocol: 'vrrp',
      priority: 100,
      advertisementIntervalMs: 1000,
      pair: false,
      preempt: false,
      preemptDelayMs: 0,
      startDelayMs: 0,
      checksum: 'rfc9568',
      virtualMac: false,
    });
  });

  it('becomes a virtual router with its units', () => {
    const config = parseConfig(
      JSON.stringify({
        ...least,
        advertisementIntervalMs: 100,
        preemptDelayMs: 1500,
        startDelayMs: 250,
        pair: true,
      }),
      'node.json',
    );
    const router = virtualRouter(config, parseAddress('10.99.0.1') ?? assert.fail());
    assert.deepEqual(
      [
        router.interval,
        toMilliseconds(router.preemptDelay),
        toMilliseconds(router.startDelay),
        toSeconds(router.lease),
      ],
      [10, 1500, 250, 1],
    );
  });

  it('refuses unknown fields by name and guesses what was meant', () => {
    const error = refusal({ virtualAdresses: [], frobnicate: 1 });
    assert.equal(error.code, 'heartbeat.config.unknown-field');
    assert.match(error.message, /unknown field "virtualAdresses" \(did you mean "virtualAddresses"\?\)/);
    assert.match(error.message, /unknown field "frobnicate"(?! \()/);
    assert.match(error.hint, /tandem heartbeat check --config node\.json/);
  });

  const wrong: [string, object, RegExp][] = [
    ['a VHID out of range', { vhid: 256 }, /field "vhid" must be a whole number from 1 to 255 \(is 256\)/],
    ['a missing field', { vhid: undefined }, /field "vhid" is missing: must be a whole number/],
    ['a fraction', { priority: 1.5 }, /field "priority" must be a whole number/],
    ['a text for a number', { priority: '100' }, /field "priority" must be a whole number.*\(is "100"\)/],
    ['an interval that VRRP cannot say', { advertisementIntervalMs: 15 }, /must be a multiple of 10/],
    ['an interval that does not fit 12 bits', { advertisementIntervalMs: 40_960 }, /from 10 to 40950/],
    ['no address', { virtualAddresses: [] }, /must hold at least one address/],
    [
      'an address without a length',
      { virtualAddresses: ['10.99.0.100'] },
      /"virtualAddresses\[0\]" must be an address with/,
    ],
    [
      'IPv6 that does not begin with a link-local address',
      { virtualAddresses: ['2001:db8::1/64'] },
      /must begin with a link-local address .*fe80::200:5eff:fe00:233\/64/,
    ],
    ['two families', { virtualAddresses: ['10.99.0.100/24', 'fe80::1/64'] }, /must be of one family/],
    [
      'an interface that cannot be one',
      { interface: 'a name with spaces' },
      /field "interface" must be the name/,
    ],
    [
      'a lease that cannot be sustained',
      { leaseSeconds: 1 },
      /field "leaseSeconds" must be at least 2: it is renewed/,
    ],
    ['a relative socket path', { controlSocket: 'heartbeat.sock' }, /must be an absolute path/],
    ['CARP without a password', { protocol: 'carp' }, /field "carp" is missing/],
    ['CARP with a priority', { protocol: 'carp', carp: { password: 'x' }, priority: 5 }, /has no effect/],
    ['CARP with a long password', { protocol: 'carp', carp: { password: 'x'.repeat(20) } }, /1 to 19 bytes/],
    [
      'CARP that gives up after one lost packet',
      { protocol: 'carp', carp: { password: 'x', advbase: 0, advskew: 128 } },
      /raise deadRatio/,
    ],
    ['CARP values with VRRP', { carp: { password: 'x' } }, /only with protocol "carp"/],
    [
      'VRRP version 2 with parts of a second',
      { protocol: 'vrrp2', advertisementIntervalMs: 100 },
      /whole seconds/,
    ],
    ['no key', { authentication: { keys: [], activeKey: 1 } }, /at least one key/],
    ['a short key', { authentication: { keys: [{ id: 1, key: 'short' }], activeKey: 1 } }, /32 to 64 bytes/],
    [
      'an active key that is not there',
      { authentication: { keys: [{ id: 1, key: `hex:${'01'.repeat(32)}` }], activeKey: 2 } },
      /must be the id of one of the keys/,
    ],
    [
      'a path that is none',
      { paths: [{ unicats: '10.99.0.2' }] },
      /field "paths\[0\]" must be \{"multicast": true\}/,
    ],
    ['no path', { paths: [] }, /must hold at least one path/],
    [
      'a path of another family',
      { paths: [{ unicast: 'fe80::2' }] },
      /must be the address of a node, in IPv4/,
    ],
    ['a group as a node', { paths: [{ unicast: '224.0.0.18' }] }, /must be the address of a node/],
    ['an unknown thing to track', { track: { gatway: '10.99.0.254' } }, /unknown field "gatway"/],
    ['a gateway of another family', { track: { gateway: 'fe80::1' } }, /must be an IPv4 address/],
    ['a hook without a path', { hooks: { active: ['true'] } }, /must begin with an absolute path/],
    [
      'a virtual MAC with CARP',
      { protocol: 'carp', carp: { password: 'x' }, virtualMac: true },
      /field "virtualMac" belongs to VRRP/,
    ],
  ];
  for (const [name, change, text] of wrong) {
    it(`refuses ${name}`, () => assert.match(refusal(change).message, text));
  }

  it('takes paths, what to track, and hooks', () => {
    const more = {
      paths: [{ multicast: true }, { unicast: '10.99.0.2' }, { unicast: '192.168.7.2', interface: 'eth1' }],
      track: { interfaces: ['eth1'], gateway: '10.99.0.254' },
      hooks: { active: ['/bin/true', 'word'] },
      virtualMac: false,
    };
    const config = parseConfig(JSON.stringify({ ...least, ...more, pair: true }), 'node.json');
    assert.deepEqual(config.hooks, { active: ['/bin/true', 'word'], standby: [], fault: [] });
    const plans = pathPlans(config, 4);
    assert.deepEqual(
      plans.map(({ name, interface: on, peer }) => [
        name,
        on,
        peer === undefined ? null : formatAddress(peer),
      ]),
      [
        ['multicast', 'eth0', null],
        ['unicast 10.99.0.2', 'eth0', null],
        ['unicast 192.168.7.2 on eth1', 'eth1', '10.99.0.2'],
      ],
    );
  });

  it('never repeats a secret in an error', () => {
    const error = refusal({
      authentication: { keys: [{ id: 1, key: 'hex:secret' }] },
      carp: { password: 'secret' },
    });
    assert.doesNotMatch(error.message, /secret/);
  });

  for (const text of ['', '{', '[]', '"x"', 'null']) {
    it(`refuses ${JSON.stringify(text)} as a whole`, () => {
      assert.throws(() => parseConfig(text, 'node.json'), TandemError);
    });
  }
});

describe('a change in two phases', () => {
  const text = JSON.stringify({ controlSocket: '/run/x.sock', ...least });
  const before = parseConfig(text, 'node.json');

  it('gives what the file would give, so that the file can be written and read again while it is under way', () => {
    const change = { virtualAddresses: ['10.99.0.101/24'], vhid: 77, advertisementIntervalMs: 200 };
    const file = JSON.stringify({ ...change, controlSocket: '/run/x.sock', interface: 'eth0' });
    assert.equal(
      JSON.stringify(changedConfig(before, change)),
      JSON.stringify(parseConfig(file, 'node.json')),
    );
  });

  it('null takes a field away', () => {
    const signing = { keys: [{ id: 1, key: `hex:${'01'.repeat(32)}` }], activeKey: 1 };
    const signed = changedConfig(before, { authentication: signing });
    assert.equal(signed.authentication?.mode, 'enforce');
    assert.deepEqual(changedConfig(signed, { authentication: null }), before);
  });

  it('refuses the VHID of a virtual MAC, and CARP', () => {
    assert.throws(
      () => changedConfig({ ...before, virtualMac: true }, { vhid: 52 }),
      /vhid cannot be changed/,
    );
    const carp = parseConfig(
      JSON.stringify({ ...least, protocol: 'carp', carp: { password: 'x' } }),
      'node.json',
    );
    assert.throws(() => changedConfig(carp, { vhid: 52 }), /CARP cannot/);
  });
});
