import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { test } from 'node:test';

const root = resolve(import.meta.dirname, '../..');

/**
 * What each folder may import beside itself: folders of src, `node` for Node's own modules, or a package by name.
 * The reason stands with the rule.
 */
const rules: Record<string, { may: readonly string[]; why: string }> = {
  'src/core': { may: [], why: 'decisions are pure: no I/O, clock, randomness or package' },
  'src/linux': { may: ['core', 'node', 'koffi'], why: 'the kernel edge knows nothing of the product' },
  'src/heartbeat': {
    may: ['core', 'linux', 'node', 'zod', 'pino'],
    why: 'a takeover waits for nothing, so nothing slow may be loaded into the heartbeat',
  },
  'src/store': { may: ['core', 'node'], why: 'data and its journal, without policy' },
  'src/backup': {
    may: ['core', 'store', 'node', 'zod'],
    why: 'what is in a backup and how it is told from a damaged one, on either side of the API',
  },
  'src/replication': {
    may: ['core', 'linux', 'store', 'node', 'ssh2', 'zod', 'pino'],
    why: 'moves entries, decides no role; the command that sshd starts joins two descriptors at the kernel',
  },
  'src/access': {
    may: ['core', 'node', '@peculiar/x509', 'acme-client', 'reflect-metadata', 'otpauth'],
    why: 'gets its data as arguments, so that the privileged supervisor can render with it',
  },
  'src/settings': { may: ['core', 'node', 'zod'], why: 'shapes that every process agrees on' },
  'src/validation': {
    may: ['core', 'linux', 'settings', 'node', 'zod'],
    why: 'looks at the LAN and the machine as the heartbeat will use them, and changes nothing',
  },
  'src/privileged': {
    may: ['core', 'settings', 'validation', 'node', 'zod'],
    why: 'the narrow channel between two privileges',
  },
  'src/accounts': {
    may: ['core', 'store', 'access', 'settings', 'node', 'csv-parse'],
    why: 'users and profiles, over any way to write',
  },
  'src/vpn': {
    may: ['core', 'store', 'access', 'accounts', 'settings', 'privileged', 'node', 'pino'],
    why: 'OpenVPN follows the store, whatever the role',
  },
  'src/recall': {
    may: ['core', 'store', 'vpn', 'privileged', 'node', 'pino'],
    why: 'brings clients back, without waiting for the role or the data',
  },
  'src/pair': {
    may: [
      'core',
      'recall',
      'store',
      'backup',
      'replication',
      'access',
      'accounts',
      'vpn',
      'settings',
      'privileged',
      'validation',
      'node',
      'zod',
      'ssh2',
      'pino',
    ],
    why: 'the role and what hangs on it',
  },
  'src/setup': {
    may: ['core', 'store', 'accounts', 'access', 'settings', 'node'],
    why: 'makes a machine a node, once',
  },
  'src/api': {
    may: [
      'core',
      'store',
      'backup',
      'access',
      'accounts',
      'pair',
      'privileged',
      'validation',
      'settings',
      'node',
      'zod',
      'fastify',
      '@fastify/cookie',
      '@fastify/helmet',
      '@fastify/rate-limit',
      '@fastify/static',
      '@fastify/swagger',
      '@fastify/swagger-ui',
      'qrcode',
      'fastify-type-provider-zod',
      'pino',
      'prom-client',
    ],
    why: 'presents what the node does',
  },
  'src/cli': {
    may: [
      'core',
      'backup',
      'api',
      'settings',
      'validation',
      'setup',
      'heartbeat',
      'replication',
      'supervisor',
      'node',
      'zod',
      'commander',
      '@inquirer/password',
      'qrcode',
    ],
    why: 'does what the API does, through the API',
  },
  'web/src': {
    may: [
      'api',
      'core',
      '@mantine/core',
      '@mantine/hooks',
      '@mantine/notifications',
      '@tabler/icons-react',
      '@tanstack/react-query',
      'qrcode',
      'react',
      'react-dom',
      'react-router',
      'uplot',
    ],
    why: 'the pages know the API by its shapes and nothing else of the node',
  },
  lab: { may: ['node', 'commander', 'log-update'], why: 'drives the product by its command only' },
};

const importPattern =
  /(?:^|\n)\s*(?:import|export)\s[^;]*?from\s+'([^']+)'|import\(\s*'([^']+)'\s*\)|(?:^|\n)import\s+'([^']+)'/g;

function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(importPattern)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
}

function nameOf(specifier: string, file: string, folder: string): string {
  if (specifier.startsWith('node:')) return 'node';
  if (!specifier.startsWith('.')) {
    assert.ok(!builtinModules.includes(specifier), `${file}: write node:${specifier}`);
    return specifier
      .split('/')
      .slice(0, specifier.startsWith('@') ? 2 : 1)
      .join('/');
  }
  const target = relative(root, join(dirname(file), specifier));
  if (target === folder || target.startsWith(`${folder}/`)) return 'itself';
  return target.startsWith('src/') ? (target.split('/')[1] ?? target) : target;
}

for (const [folder, { may, why }] of Object.entries(rules)) {
  test(`${folder} imports only ${may.join(', ') || 'itself'}: ${why}`, () => {
    const files = globSync(`${folder}/**/*.{ts,tsx}`, { cwd: root });
    assert.ok(files.length > 0, `${folder} has no sources: take its rule away`);
    for (const file of files) {
      for (const specifier of importsOf(join(root, file))) {
        const name = nameOf(specifier, join(root, file), folder);
        const allowed =
          name === 'itself' || may.includes(name) || (name === 'errors.ts' && may.includes('core'));
        assert.ok(allowed, `${file} imports ${specifier}, but ${why}`);
      }
    }
  });
}

test('the pages take types alone from the sources of the node', () => {
  for (const file of globSync('web/src/**/*.{ts,tsx}', { cwd: root })) {
    const text = readFileSync(join(root, file), 'utf8');
    const values = /(?:^|\n)import (?!type )[^;]*?from '(?:\.\.\/)+src\/[^']+'/.exec(text);
    assert.equal(values, null, `${file} would bring code of the node into the browser: ${values?.[0]}`);
  }
});

test('every folder of src has a rule', () => {
  const folders = new Set(
    globSync('src/*/**/*.ts', { cwd: root }).map((file) => file.split('/').slice(0, 2).join('/')),
  );
  for (const folder of folders) {
    // The supervisor is the composition root: it may import everything.
    assert.ok(
      folder in rules || folder === 'src/supervisor',
      `${folder} has no rule in ${relative(root, import.meta.filename)}`,
    );
  }
});

test('the core runs without Node: no ambient clock, randomness or process', () => {
  const ambient =
    /\b(Date\.now|new Date\(|Math\.random|performance\.|process\.|setTimeout|setInterval|globalThis|console\.)/;
  for (const file of globSync('src/core/**/*.ts', { cwd: root })) {
    const code = readFileSync(join(root, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
    const found = ambient.exec(code);
    assert.equal(found, null, `${file} reaches for ${found?.[0]}`);
  }
});
