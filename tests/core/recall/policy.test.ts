import assert from 'node:assert/strict';
import { test } from 'node:test';
import { comesBackWhenRecalled, isOneHost } from '../../../src/core/recall/policy.ts';

const versions: [version: string | undefined, recalled: boolean][] = [
  ['2.6.0', true],
  ['2.6.14', true],
  ['2.7.6', true],
  ['2.7_rc1', true],
  ['2.5.11', false],
  ['2.4.12', false],
  ['2.60.0', false],
  ['2.8.0', false],
  ['3.8.4', false],
  ['3.git::081bfebe', false],
  ['', false],
  [undefined, false],
];
for (const [version, recalled] of versions) {
  test(`a client of version ${version ?? 'unknown'} is ${recalled ? '' : 'not '}recalled`, () => {
    assert.equal(comesBackWhenRecalled(version), recalled);
  });
}

test('recalls go to one host somewhere else, never to many or to this one', () => {
  for (const good of ['203.0.113.11', '10.0.0.1', '223.255.255.255', '2001:db8::1', 'fd00::1'])
    assert.ok(isOneHost(good), good);
  for (const bad of ['224.0.0.18', '255.255.255.255', '127.0.0.1', '0.0.0.0', 'x', '1.2.3']) {
    assert.ok(!isOneHost(bad), bad);
  }
  for (const bad of ['::', '::1', '::ffff:10.0.0.1', 'ff02::1', 'fe80::1']) assert.ok(!isOneHost(bad), bad);
});
