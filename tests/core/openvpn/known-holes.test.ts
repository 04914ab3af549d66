import assert from 'node:assert/strict';
import { it } from 'node:test';
import { adviceOn, knownHoles } from '../../../src/core/openvpn/known-holes.ts';

it('a version is told the holes that were mended after it, and no others', () => {
  const names = (side: 'server' | 'client', version: string): string[] =>
    knownHoles(side, version).map((hole) => hole.name);
  const of2026 = ['13698', '12932', '13117', '12996', '13122'].map((number) => `CVE-2026-${number}`);
  const earlier = ['CVE-2026-40215', 'CVE-2026-35058'];
  assert.deepEqual(names('server', '2.6.13'), [...of2026, ...earlier, 'CVE-2025-13086', 'CVE-2025-2704']);
  assert.deepEqual(names('server', '2.6.14'), [...of2026, ...earlier, 'CVE-2025-13086']);
  assert.deepEqual(names('server', '2.6.16'), [...of2026, ...earlier]);
  assert.deepEqual(names('server', '2.6.20'), of2026);
  assert.deepEqual(names('server', '2.6.21'), []);
  assert.deepEqual(names('server', '2.7.1'), [...of2026, ...earlier]);
  assert.deepEqual(names('server', '2.7.2'), of2026);
  assert.deepEqual(names('server', '2.7.5'), []);
  assert.deepEqual(names('client', '2.5.10'), ['CVE-2024-5594']);
  assert.deepEqual(names('client', '2.5.11'), []);
  assert.deepEqual(names('client', '2.6.6'), ['CVE-2024-5594', 'CVE-2023-46850']);
  assert.match(adviceOn('server', '2.6.14') ?? '', /mended in 2\.6\.21 \(.*2\.6\.16 \(CVE-2025-13086\)/);
  assert.equal(adviceOn('server', undefined), undefined);
  for (const other of ['3.11', 'unknown', '']) assert.deepEqual(names('client', other), []);
});
