import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { directory, openStore } from './workspace.ts';

const writer = new URL('./writer.ts', import.meta.url).pathname;

test('every write that was reported is there after kill -9, again and again', async (context) => {
  const folder = directory(context);
  const path = join(folder, 'store', 'tandem.db');
  let reported = 0;
  for (let round = 0; round < 6; round++) {
    reported = Math.max(reported, await writeUntilKilled(path, 20 + round * 37));
    const store = openStore(context, 'node-a', folder);
    assert.ok(store.position.sequence >= reported, `${store.position.sequence} of ${reported}`);
    assert.deepEqual(store.integrityCheck(), []);
    assert.equal(store.findBrokenLink(), undefined);
    assert.equal(store.position.epoch, round + 1);
    assert.equal(store.settings.list().length, store.position.sequence - (round + 1));
    store.close();
  }
});

/** The last sequence the child reported before it was killed in the middle of its work. */
async function writeUntilKilled(path: string, writes: number): Promise<number> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', writer, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  for await (const chunk of child.stdout.setEncoding('utf8')) {
    text += chunk;
    if (text.split('\n').length > writes) child.kill('SIGKILL');
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  assert.equal(child.signalCode, 'SIGKILL');
  const complete = text.slice(0, text.lastIndexOf('\n'));
  return Number(complete.slice(complete.lastIndexOf('\n') + 1));
}
