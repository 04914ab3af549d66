import assert from 'node:assert/strict';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { forgetOldCode } from '../../../src/supervisor/compiled-code.ts';
import { directory } from '../store/workspace.ts';

it('what another version of Node compiled is taken away, and nothing else', (context) => {
  const cache = directory(context);
  const kept = ['v26.10.0-x64-11111111-0', 'v26.10.0-x64-22222222-0', 'notes'];
  for (const name of [...kept, 'v26.9.0-x64-11111111-0', 'v24.1.0-x64-33333333-0'])
    mkdirSync(join(cache, name, 'x'), { recursive: true });
  forgetOldCode(join(cache, 'v24.1.0-x64-33333333-0'), 'v26.10.0');
  forgetOldCode(undefined, 'v26.10.0');
  assert.equal(readdirSync(cache).length, 5);
  forgetOldCode(join(cache, 'v26.10.0-x64-11111111-0'), 'v26.10.0');
  assert.deepEqual(readdirSync(cache).toSorted(), kept.toSorted());
});
