import { readFileSync } from 'node:fs';

/** The version in `package.json`. */
export function productVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  const known = manifest !== null && typeof manifest === 'object' && 'version' in manifest;
  return known ? String(manifest.version) : 'unknown';
}
