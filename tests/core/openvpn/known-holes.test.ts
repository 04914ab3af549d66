import assert from 'node:assert/strict';
import { it } from 'node:test';
import { adviceOn, knownHoles } from '../../../src/core/openvpn/known-holes.ts';

it('a version is told the holes that were mended after it, and no others', () => {
  const names = (side: 'server' | 'client', version: string): string[] =>
    knownHoles(side, version).map((hole) => hole.name);
  assert.deepEqual(names('server', '2.6.13'), ['CVE-2025-13086', 'CVE-2025-2704', 'CVE-2026-13122']);
  assert.deepEqual(names('server', '2.6.14'), ['CVE-2025-13086', 'CVE-2026-13122']);
  assert.deepEqual(names('server', '2.6.22'), []);
  assert.deepEqual(names('server', '2.7.5'), []);
  assert.deepEqual(names('client', '2.5.10'), ['CVE-2024-5594']);
  assert.deepEqual(names('client', '2.5.11'), []);
  assert.match(adviceOn('server', '2.6.14') ?? '', /CVE-2025-13086 \(mended in 2\.6\.16\)/);
  assert.equal(adviceOn('server', undefined), undefined);
  for (const other of ['3.11', 'unknown', '']) assert.deepEqual(names('client', other), []);
});
