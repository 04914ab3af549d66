import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseAccessRule } from '../../../src/core/accounts/access-rule.ts';
import { effectiveProperties, type Properties, sourceOf } from '../../../src/core/accounts/properties.ts';

describe('what counts for a user', () => {
  const everybody: Properties = {
    autoLogin: true,
    routes: ['10.1.0.0/16'],
    access: ['10.1.0.0/16'],
    expiresAt: 5,
  };
  const group: Properties = { autoLogin: false, routes: ['10.2.0.0/16'] };

  it('is what is said of the user, before the group, before everybody, each property by itself', () => {
    const user: Properties = { routes: [], access: null, expiresAt: null };
    assert.deepEqual(effectiveProperties(user, group, everybody), {
      administrator: false,
      readOnly: false,
      blocked: false,
      expiresAt: undefined,
      autoLogin: false,
      oneTimeCode: false,
      routes: [],
      access: undefined,
    });
    const { routes, access, autoLogin, expiresAt } = effectiveProperties({}, {}, everybody);
    assert.deepEqual({ routes, access, autoLogin, expiresAt }, everybody);
    assert.equal(sourceOf('routes', user, group, everybody), 'user');
    assert.equal(sourceOf('autoLogin', user, group, everybody), 'group');
    assert.equal(sourceOf('access', {}, group, everybody), 'default');
    assert.equal(sourceOf('administrator', user, group, everybody), 'built-in');
  });

  it('says blocked wherever a block is said', () => {
    const layers: [Properties, Properties, Properties][] = [
      [{ blocked: true }, {}, {}],
      [{ blocked: false }, { blocked: true }, {}],
      [{}, { blocked: false }, { blocked: true }],
    ];
    for (const one of layers) assert.equal(effectiveProperties(...one).blocked, true);
  });
});

describe('an access rule', () => {
  it('names a network, and in it a protocol and ports', () => {
    assert.deepEqual(parseAccessRule('10.20.0.0/16'), {
      network: '10.20.0.0/16',
      family: 4,
      protocol: undefined,
      ports: [],
    });
    assert.equal(parseAccessRule('10.20.0.5')?.network, '10.20.0.5/32');
    assert.deepEqual(parseAccessRule(' fd00::/8  udp 53,5000-5010')?.ports, [
      [53, 53],
      [5_000, 5_010],
    ]);
  });

  it('is nothing else', () => {
    for (const wrong of [
      '',
      'office',
      '10.20.0.1/16',
      'fd00::1/64',
      '10.0.0.0/33',
      '10.20.0.0/16 icmp',
      '10.20.0.0/16 tcp 0',
      '10.20.0.0/16 tcp 70000',
      '10.20.0.0/16 tcp 20-10',
      '10.20.0.0/16 tcp 443 accept',
      '10.20.0.0/16; drop',
      `10.20.0.0/16 tcp ${Array.from({ length: 17 }, (_, index) => index + 1).join()}`,
    ]) {
      assert.equal(parseAccessRule(wrong), undefined, wrong);
    }
  });
});
