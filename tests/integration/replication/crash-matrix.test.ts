import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

const program = new URL('./matrix/main.ts', import.meta.url).pathname;
const runs = Number(process.env['TANDEM_MATRIX_RUNS'] ?? 150);
const seed = Number(process.env['TANDEM_MATRIX_SEED'] ?? 1);
/** A check of the check: nobody waits for the disk any more, and a loss of power must show it. On demand. */
const withoutSync = process.env['TANDEM_MATRIX_WITHOUT_SYNC'] !== undefined;
/** Pairs at once: most of a run is waiting. */
const pairs = 5;

interface Run {
  readonly seed: number;
  readonly index: number;
  readonly situation: string;
  readonly strike: object;
  readonly struck?: boolean;
  readonly takeover?: boolean;
  readonly failure?: string;
}

/** Each pair has disks of its own (small tmpfs mounts), which nobody else sees and which end with it. */
async function runsOf(pairSeed: number, count: number): Promise<Run[]> {
  const directory = mkdtempSync(join(tmpdir(), 'tandem-matrix-'));
  const words = [
    '--disable-warning=ExperimentalWarning',
    program,
    directory,
    String(pairSeed),
    String(count),
  ];
  const child = spawn(
    'unshare',
    ['--mount', '--propagation', 'private', '--kill-child', '--fork', process.execPath, ...words],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  await once(child, 'close');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line): Run => JSON.parse(line));
}

const what = withoutSync ? 'blows without a wait for the disk, which it notices' : 'blows';
test(`crash matrix: ${runs} ${what} to either node, the link or the disk, at every step (seed ${seed})`, {
  timeout: 60_000 + runs * 5_000,
}, async (context) => {
  const shares = Array.from({ length: pairs }, (_, pair) =>
    runsOf(seed * 1000 + pair, Math.ceil(runs / pairs)),
  );
  const all = (await Promise.all(shares)).flat();
  const failures = all.filter(({ failure }) => failure !== undefined);
  if (withoutSync) {
    const lost = failures.filter(({ failure }) => /^I[23]:/.test(failure ?? ''));
    context.diagnostic(`${all.length} runs, ${lost.length} lost changes`);
    assert.ok(lost.length > 0, 'a lost change is noticed');
    return;
  }
  assert.deepEqual(failures, []);
  assert.ok(all.length >= runs, `${all.length} runs of ${runs} ended`);
  const count = (which: (run: Run) => unknown): number => all.filter(which).length;
  const struck = count((run) => run.struck);
  context.diagnostic(`${all.length} runs, ${struck} struck, ${count((run) => run.takeover)} takeovers`);
  // On a busy machine several changes go out together, and the step that the blow waits for comes less often.
  assert.ok(struck > all.length / 4, `only ${struck} of ${all.length} blows were struck`);
  assert.deepEqual(new Set(all.map(({ situation }) => situation)).size, 5, 'every situation occurs');
});
