import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TandemError } from '../../../src/core/errors.ts';
import { parseAddress } from '../../../src/core/net/address.ts';
import { toMilliseconds, toSeconds } from '../../../src/core/time/duration.ts';
import { parseConfig } from '../../../src/heartbeat/config/load.ts';
import { virtualRouter } from '../../../src/heartbeat/config/virtual-router.ts';

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
    ['IPv6', { virtualAddresses: ['2001:db8::1/64'] }, /IPv6 is not supported yet/],
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
    ['other protocols', { protocol: 'carp' }, /field "protocol" is not supported yet/],
    ['authentication', { authentication: { keys: [] } }, /field "authentication" is not supported yet/],
    ['further paths', { paths: [{ unicast: '10.99.0.2' }] }, /field "paths" is not supported yet/],
    ['tracking', { track: {} }, /field "track" is not supported yet/],
    ['hooks', { hooks: { active: ['/bin/true'] } }, /field "hooks" is not supported yet/],
    ['a virtual MAC', { virtualMac: true }, /field "virtualMac" is not supported yet/],
  ];
  for (const [name, change, text] of wrong) {
    it(`refuses ${name}`, () => assert.match(refusal(change).message, text));
  }

  it('accepts what asks for nothing that is not there yet', () => {
    const harmless = {
      paths: [{ multicast: true }],
      virtualMac: false,
      hooks: { active: [], standby: [], fault: [] },
    };
    parseConfig(JSON.stringify({ ...least, ...harmless }), 'node.json');
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
