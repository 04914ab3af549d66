/**
 * A day of a pair, shrunk: 20 writes a second and a takeover every 30 s. `TANDEM_SOAK_SECONDS=600` runs the ten minutes; by default
 * a few seconds with takeovers that follow each other more quickly.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { SoakMachine } from './soak/machine.ts';

const seconds = Number(process.env['TANDEM_SOAK_SECONDS'] ?? 8);
const takeoverEveryMs = seconds >= 60 ? 30_000 : 3_000;
const writeEveryMs = 50;
const keys = 40;
const boundMs = 60_000;
/** Beyond what a fresh node needs: garbage that is not collected yet, and the journal's thousand entries. */
const residentBound = 400 * 1024 * 1024;
const storeBound = 16 * 1024 * 1024;

const folder = mkdtempSync(join(tmpdir(), 'tandem-soak-'));
const machines = [
  new SoakMachine(folder, 'node-a', 'node-b'),
  new SoakMachine(folder, 'node-b', 'node-a'),
] as const;
let active = 0;

after(async () => {
  for (const machine of machines) await machine.kill();
  rmSync(folder, { recursive: true, force: true });
});

const serving = (): SoakMachine => machines[active as 0 | 1];
const other = (): SoakMachine => machines[(1 - active) as 0 | 1];

async function protectedNow(): Promise<void> {
  const deadline = performance.now() + boundMs;
  while ((await serving().ask({ do: 'protected' })) !== true) {
    if (performance.now() > deadline) throw new Error(`not protected within ${boundMs} ms`);
    await pause(20);
  }
}

test(`soak: ${seconds} s of writes and takeovers lose nothing, and nothing grows`, {
  timeout: seconds * 1_000 + 240_000,
}, async (context) => {
  for (const machine of machines) await machine.start();
  await serving().ask({ do: 'become', role: 'active' });
  await protectedNow();

  /** The last value of each key that was answered as being on both nodes, and on one. */
  const [onBoth, onOne] = [new Map<string, number>(), new Map<string, number>()];
  const busy = new Set<string>();
  let written = 0;
  let cutOff = 0;
  const write = async (): Promise<void> => {
    const key = `soak-${written % keys}`;
    if (busy.has(key)) return;
    busy.add(key);
    const value = written++;
    try {
      const both = (await serving().ask({ do: 'write', key, value })) === true;
      (both ? onBoth : onOne).set(key, value);
    } catch {
      cutOff++;
    } finally {
      busy.delete(key);
    }
  };
  const writing = setInterval(() => void write(), writeEveryMs);

  const [resident, stored, awayMs, backMs]: [number[], number[], number[], number[]] = [[], [], [], []];
  const end = performance.now() + seconds * 1_000;
  try {
    while (performance.now() < end) {
      await pause(Math.min(takeoverEveryMs, Math.max(0, end - performance.now())));
      await protectedNow();
      const promised = new Map(onBoth);
      const dead = serving();
      await dead.kill();
      const began = performance.now();
      await other().ask({ do: 'become', role: 'active' });
      active = 1 - active;
      awayMs.push(performance.now() - began);
      const { values } = await serving().ask({ do: 'state' });
      const lost = [...promised].filter(([key, value]) => (values[key] ?? -1) < value);
      assert.deepEqual(lost, [], `acknowledged, and not on ${serving().name}`);
      await dead.start();
      await dead.ask({ do: 'become', role: 'standby' });
      const returned = performance.now();
      await protectedNow();
      backMs.push(performance.now() - returned);
      for (const machine of machines) {
        const seen = await machine.ask({ do: 'state' });
        resident.push(seen.residentBytes);
        stored.push(seen.storeBytes);
      }
    }
  } finally {
    clearInterval(writing);
  }
  await protectedNow();
  const [mine, theirs] = [await serving().ask({ do: 'state' }), await other().ask({ do: 'state' })];
  for (const each of [mine, theirs]) {
    assert.deepEqual(each.integrity, []);
    assert.equal(each.brokenLink, 0);
    // Whoever was cut off may have been the last to write on the node that died.
    assert.ok(each.quarantined <= cutOff, `${each.quarantined} changes in quarantine`);
  }
  assert.equal(mine.head, theirs.head);
  assert.deepEqual(mine.values, theirs.values);
  for (const [key, value] of [...onBoth, ...onOne]) assert.ok((mine.values[key] ?? -1) >= value, key);
  const megabytes = (values: readonly number[]): string => (Math.max(...values) / 1e6).toFixed(1);
  context.diagnostic(
    `${written} writes, ${cutOff} without an answer, ${awayMs.length} takeovers (longest ${Math.max(...awayMs).toFixed(0)} ms), ` +
      `protected again after ${Math.max(...backMs).toFixed(0)} ms at most; memory ${megabytes(resident)} MB, files ${megabytes(stored)} MB at most, ` +
      `${mine.journalEntries} entries in the journal`,
  );
  assert.ok(awayMs.length >= 2, 'there were takeovers');
  assert.ok(Math.max(...resident) < residentBound, `${megabytes(resident)} MB of memory`);
  assert.ok(Math.max(...stored) < storeBound, `${megabytes(stored)} MB of files`);
});
