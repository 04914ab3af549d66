import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { test } from 'node:test';

const root = resolve(import.meta.dirname, '../..');

function check(program: string, ...words: string[]): void {
  const result = spawnSync(process.execPath, [join(root, 'node_modules', program), ...words], {
    cwd: root,
    encoding: 'utf8',
  });
  assert.equal(result.status, 0, `${result.stdout}\n${result.stderr}`);
}

test('types: the whole project', () => check('typescript/bin/tsc', '-p', 'tsconfig.json'));
test('types: the core, which knows neither Node nor a browser', () =>
  check('typescript/bin/tsc', '-p', 'src/core/tsconfig.json'));
test('types: the pages, in a browser', () => check('typescript/bin/tsc', '-p', 'web/tsconfig.json'));
test('Biome: style and lint, without a warning', () =>
  check('@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.'));
test('knip: nothing unused is kept', () => check('knip/bin/knip.js'));
