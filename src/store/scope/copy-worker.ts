/** Makes a copy for somebody with a scope, in a thread of its own: what stays here is never written into it. */
import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { Database } from '../database.ts';
import { readHead } from '../journal/journal.ts';
import { migrate } from '../migrations.ts';
import type { CopyRequest } from './copy.ts';
import { scopedSelect, shapeOf } from './shape.ts';

const { source, target, scope } = workerData as CopyRequest;

const empty = new Database(target);
migrate(empty);
empty.close();

const database = new DatabaseSync(target, { timeout: 5_000 });
database.exec('PRAGMA journal_mode = DELETE; PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF');
database.prepare('ATTACH ? AS source').run(source);
database.exec('BEGIN');
const reading = {
  all: (sql: string, ...values: (string | number | null | bigint | Uint8Array)[]) =>
    database.prepare(sql).all(...values),
  get: (sql: string, ...values: (string | number | null | bigint | Uint8Array)[]) =>
    database.prepare(sql).get(...values),
  each: (sql: string, ...values: (string | number | null | bigint | Uint8Array)[]) =>
    database.prepare(sql).iterate(...values),
};
database.exec(`INSERT INTO main.journal (sequence, epoch, previous_hash, hash, actor, time_ms, changeset)
  SELECT sequence, epoch, previous_hash, hash, '{"name":"","via":""}', time_ms, x'' FROM source.journal ORDER BY sequence DESC LIMIT 1`);
for (const [table, tableScope] of Object.entries(scope)) {
  // What a migration put there.
  database.exec(`DELETE FROM main."${table}"`);
  const { sql, values } = scopedSelect(table, shapeOf(reading, table), tableScope, 'source');
  database.prepare(`INSERT INTO main."${table}" ${sql}`).run(...values);
}
const head = readHead(reading);
database.exec('COMMIT');
database.close();
parentPort?.postMessage(head);
