import assert from 'node:assert/strict';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';

const root = resolve(import.meta.dirname, '../..');
const page = join(root, 'docs/errors.md');

const culprits: Record<string, string> = {
  caller: 'who asked',
  peer: 'the other side',
  operator: 'the administrator',
  us: 'the makers of Tandem',
};

/** `code: 'a.b', culprit: 'c'` in either order, with at most a line of something else between; `${…}` stands for variants. */
const pattern = /code: (?:\w+ \? )?['`]([a-z0-9.${}-]+\.[a-z0-9.${}-]+)['`][^}]{0,200}?culprit: '(\w+)'/gi;

/** Shorthands of a file or folder for errors that all have the same culprit. */
const shorthand = /\b(problem|invalid)\(\s*'([a-z0-9.-]+\.[a-z0-9.-]+)'/g;

function codesIn(text: string): [code: string, culprit: string][] {
  const spelt = [...text.matchAll(pattern)].map(([, code = '', culprit = '']): [string, string] => [
    code,
    culprit,
  ]);
  const short = [...text.matchAll(shorthand)].map(([, name, code = '']): [string, string] => [
    code,
    name === 'invalid' ? 'caller' : 'operator',
  ]);
  return [...spelt, ...short];
}

function listed(): string {
  const rows = new Map<string, { culprit: string; files: Set<string> }>();
  for (const file of globSync('src/**/*.ts', { cwd: root }).toSorted()) {
    for (const [code, culprit] of codesIn(readFileSync(join(root, file), 'utf8'))) {
      const name = code.replace(/\$\{[^}]*\}/g, '…');
      const row = rows.get(name) ?? { culprit, files: new Set() };
      row.files.add(file);
      rows.set(name, row);
    }
  }
  const lines = [...rows]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, { culprit, files }]) => {
      return `| \`${code}\` | ${culprits[culprit] ?? culprit} | ${[...files].map((file) => `\`${file}\``).join(', ')} |`;
    });
  return `# Error codes

Every failure has a stable code, a sentence that names what was tried and why it failed, and the next step to take. With \`--json\` they come as
\`{"error":{"code","message","hint","culprit"}}\`. This page is generated: \`UPDATE=1 ./test architecture\` rewrites it.

| code | who must act | raised in |
|---|---|---|
${lines.join('\n')}
`;
}

test('docs/errors.md lists every error code, and no other', () => {
  const wanted = listed();
  if (process.env['UPDATE'] === '1') writeFileSync(page, wanted);
  assert.equal(
    readFileSync(page, 'utf8'),
    wanted,
    'run UPDATE=1 ./test architecture and look at the difference',
  );
});
