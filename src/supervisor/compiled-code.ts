import { readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/**
 * Takes away what other versions of Node left in the cache of compiled code, which nobody reads any more. The programs of this
 * version have a folder each for their own settings of the compiler, and keep it.
 * @param own the folder in use, as `module.getCompileCacheDir()` names it: `…/v26.10.0-x64-0123abcd-0`
 * @param version `process.version`
 */
export function forgetOldCode(own: string | undefined, version: string): void {
  if (own === undefined || !basename(own).startsWith(`${version}-`)) return;
  const cache = dirname(own);
  for (const name of readdirSync(cache)) {
    if (/^v\d+\./.test(name) && !name.startsWith(`${version}-`))
      rmSync(join(cache, name), { recursive: true, force: true });
  }
}
