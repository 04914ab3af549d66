import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { hashEntry } from '../../../src/store/journal/entry.ts';
import { addUser, openStore } from './workspace.ts';

const columns = ['epoch', 'previous_hash', 'hash', 'actor', 'time_ms', 'changeset'] as const;

for (const column of columns) {
  test(`an altered ${column} in the journal is found`, (context) => {
    const store = openStore(context);
    for (const name of ['alice', 'bob', 'carol']) addUser(store, name);
    const raw = new DatabaseSync(store.path);
    context.after(() => raw.close());
    const value = raw.prepare(`SELECT ${column} AS value FROM journal WHERE sequence = 2`).get()?.['value'];
    raw.prepare(`UPDATE journal SET ${column} = ? WHERE sequence = 2`).run(altered(value));
    assert.equal(store.findBrokenLink(), 2);
  });
}

test('a missing entry in the middle of the journal is found', (context) => {
  const store = openStore(context);
  for (const name of ['alice', 'bob', 'carol']) addUser(store, name);
  const raw = new DatabaseSync(store.path);
  raw.exec('DELETE FROM journal WHERE sequence = 2');
  raw.close();
  assert.equal(store.findBrokenLink(), 3);
});

test('the hash is the one that docs/formats/journal.md describes', () => {
  const hash = hashEntry({
    position: { epoch: 1, sequence: 2 },
    previousHash: '00'.repeat(32),
    actor: '{"name":"admin","via":"cli"}',
    timeMs: 1_700_000_000_000,
    changeset: Uint8Array.of(1, 2, 3),
  });
  // Computed by hand: printf of the bytes in the documented order, piped to sha256sum.
  assert.equal(hash, 'fa296334a9dfa27cacd0fb7a6b0417dc2127df8f4d9f9de8a703d41e0fa6f2c9');
});

function altered(value: unknown): number | string | Uint8Array {
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'string') return value.replace('a', 'b');
  if (!(value instanceof Uint8Array)) throw new Error('unexpected column');
  const copy = value.slice();
  const middle = Math.floor(copy.length / 2);
  copy[middle] = (copy[middle] ?? 0) ^ 1;
  return copy;
}
