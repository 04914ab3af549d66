import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { play } from './scenario.ts';

const folder = new URL('../../scenarios/vrrp/', import.meta.url);

/** With UPDATE=1 the files are rewritten with what happened; the difference is reviewed like code. */
describe('VRRP scenarios', () => {
  for (const file of readdirSync(folder).sort()) {
    it(file, () => {
      const expected = readFileSync(new URL(file, folder), 'utf8');
      const actual = play(expected);
      if (process.env['UPDATE'] === '1') writeFileSync(new URL(file, folder), actual);
      else assert.equal(actual, expected);
    });
  }
});
