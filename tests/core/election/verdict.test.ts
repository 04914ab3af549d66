import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Facts, judge } from '../../../src/core/election/verdict.ts';
import { parseAddress } from '../../../src/core/net/address.ts';

const gateway = parseAddress('10.99.0.254') ?? assert.fail();
const well: Facts = {
  priority: 100,
  interfaces: [{ name: 'eth0', up: true }],
  gateway: { kind: 'untracked' },
  peerHeard: false,
  service: { kind: 'unreported' },
  mute: undefined,
  maintenance: false,
};
const gone = { kind: 'gone', address: gateway } as const;

describe('who may serve', () => {
  const cases: [string, Partial<Facts>, string, number, RegExp][] = [
    ['nothing to track: serve, even alone', {}, 'serve', 100, /^$/],
    ['a gateway that did not answer yet is not gone', { gateway: { kind: 'unknown' } }, 'serve', 100, /^$/],
    ['its own link is down', { interfaces: [{ name: 'eth0', up: false }] }, 'never', 100, /eth0 has no link/],
    [
      'a tracked interface is down',
      { interfaces: [...well.interfaces, { name: 'eth1', up: false }] },
      'never',
      100,
      /eth1 has no link/,
    ],
    ['isolated: peer silent and gateway gone', { gateway: gone }, 'never', 100, /isolated.*10\.99\.0\.254/],
    ['nothing that it sends leaves it', { mute: 'EPERM' }, 'never', 100, /^nothing that it sends .*EPERM$/],
    ['gateway gone, but the peer is heard', { gateway: gone, peerHeard: true }, 'last', 1, /10\.99\.0\.254/],
    [
      'a broken service',
      { service: { kind: 'broken', reason: 'disk full' } },
      'last',
      1,
      /the service is broken: disk full/,
    ],
    ['a healthy service', { service: { kind: 'healthy' } }, 'serve', 100, /^$/],
    ['maintenance', { maintenance: true }, 'last', 1, /in maintenance/],
    [
      'isolation outweighs everything that only makes it last',
      { gateway: gone, maintenance: true, service: { kind: 'broken', reason: 'x' } },
      'never',
      100,
      /isolated/,
    ],
    ['the owner of the address too can be broken', { priority: 255, maintenance: true }, 'last', 1, /maint/],
  ];
  for (const [name, change, standing, priority, reasons] of cases) {
    it(name, () => {
      const verdict = judge({ ...well, ...change });
      assert.equal(verdict.standing, standing);
      assert.equal(verdict.effectivePriority, priority);
      assert.match(verdict.reasons.join('; '), reasons);
    });
  }
});
