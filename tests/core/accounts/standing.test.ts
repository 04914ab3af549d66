import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { countFailure, defaultLockoutRules, type Failures } from '../../../src/core/accounts/lockout.ts';
import { isExpired, needsPassword, nextTurn } from '../../../src/core/accounts/standing.ts';
import { tokensRefusedUntil } from '../../../src/core/accounts/tokens.ts';

const renewal = 3_600;
const user = { blocked: false, expiresAt: undefined, passwordChangedAt: 0 };

describe('the standing of a user', () => {
  it('of whom nothing is said never changes by itself', () => {
    assert.equal(isExpired(user, 5), false);
    assert.equal(needsPassword(user, 5, renewal), false);
    assert.equal(nextTurn(user, 5, renewal), undefined);
  });

  it('ends with the expiry date', () => {
    const expiring = { ...user, expiresAt: 1_000 };
    assert.equal(isExpired(expiring, 999), false);
    assert.equal(isExpired(expiring, 1_000), true);
    assert.equal(nextTurn(expiring, 999, renewal), 1_000);
    assert.equal(nextTurn(expiring, 1_000, renewal), undefined);
  });

  it('asks for the password until OpenVPN itself takes no token from before the change', () => {
    const changedAt = 1_000_000;
    const changed = { ...user, passwordChangedAt: changedAt };
    const openvpnTakesThemUntil = changedAt + 2 * renewal * 1000;
    assert.equal(needsPassword(changed, changedAt, renewal), true);
    assert.equal(needsPassword(changed, openvpnTakesThemUntil, renewal), true);
    const end = tokensRefusedUntil(changedAt, renewal);
    assert.ok(end > openvpnTakesThemUntil);
    assert.equal(needsPassword(changed, end, renewal), false);
    assert.equal(nextTurn(changed, changedAt, renewal), end);
    assert.equal(nextTurn({ ...changed, expiresAt: changedAt + 5 }, changedAt, renewal), changedAt + 5);
  });
});

describe('a lockout', () => {
  function failAt(times: readonly number[]): number | undefined {
    let failures: Failures = [];
    let last: number | undefined;
    for (const time of times) ({ failures, lockedUntil: last } = countFailure(failures, time));
    return last;
  }

  it('comes with the fifth wrong answer within the window and lasts', () => {
    assert.equal(failAt([1, 2, 3, 4]), undefined);
    assert.equal(failAt([1, 2, 3, 4, 5]), 5 + defaultLockoutRules.durationMs);
    assert.equal(failAt([1, 2, 3, 4, defaultLockoutRules.windowMs + 2]), undefined);
  });

  it('begins to count anew afterwards', () => {
    assert.equal(failAt([1, 2, 3, 4, 5, 6]), undefined);
  });
});
