import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A private directory for one test, gone at its end: `using workspace = makeWorkspace()`. */
export function makeWorkspace(): Disposable & { readonly directory: string } {
  const directory = mkdtempSync(join(tmpdir(), 'tandem-access-'));
  return { directory, [Symbol.dispose]: () => rmSync(directory, { recursive: true, force: true }) };
}

/** What a program says on standard output and error together, and its exit code. */
export function run(program: string, argv: readonly string[]): { code: number | null; text: string } {
  const { status, stdout, stderr, error } = spawnSync(program, argv, { encoding: 'utf8' });
  if (error !== undefined) throw new Error(`the test needs the program ${program}: ${error.message}`);
  return { code: status, text: stdout + stderr };
}
