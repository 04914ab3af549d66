import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { test } from 'node:test';

const root = resolve(import.meta.dirname, '../..');
const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '');
const topFolders = new Set(tracked.map((file) => file.split('/')[0]));
const documents = tracked.filter((file) => file.endsWith('.md') && existsSync(join(root, file)));

/** Links, and code spans that look like a path into this repository. */
function pathsIn(text: string): string[] {
  const prose = text.replace(/```[\s\S]*?```/g, '');
  const links = [...prose.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map((match) => match[1] ?? '');
  const spans = [...prose.matchAll(/`([^`\s]+)`/g)]
    .map((match) => (match[1] ?? '').replace(/[,.:]$/, ''))
    .filter((span) => span.includes('/') && topFolders.has(span.split('/')[0] ?? ''));
  return [...links.filter((link) => !/^[a-z]+:/.test(link)), ...spans];
}

test('there are documents to check', () => {
  for (const needed of ['README.md', 'ARCHITECTURE.md', 'STYLE.md', 'CHANGELOG.md']) {
    assert.ok(documents.includes(needed), `${needed} is missing`);
  }
});

for (const document of documents) {
  test(`every path named in ${document} exists`, () => {
    for (const path of pathsIn(readFileSync(join(root, document), 'utf8'))) {
      if (/[*<{…]/.test(path)) continue;
      const fromRoot = join(root, path);
      const fromDocument = join(root, dirname(document), path);
      assert.ok(existsSync(fromRoot) || existsSync(fromDocument), `${document} names ${path}`);
    }
  });
}

test('ARCHITECTURE.md stays short enough to be read', () => {
  const lines = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8').split('\n').length;
  assert.ok(lines < 200, `${lines} lines`);
});

test('no source file outgrows its room', () => {
  const sources = tracked.filter(
    (file) => /^(src|lab|bench|web)\/.*\.tsx?$/.test(file) && existsSync(join(root, file)),
  );
  for (const file of sources) {
    const lines = readFileSync(join(root, file), 'utf8').split('\n').length;
    assert.ok(lines <= 400, `${file} has ${lines} lines: which concept wants its own name?`);
  }
});
