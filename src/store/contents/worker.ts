/** Reads a database that is in use, through a connection and in a thread of its own: nothing else waits for it. */
import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import type { Reading } from '../database.ts';
import { readHead } from '../journal/journal.ts';
import type { ReaderAnswer, ReaderRequest, ReaderSetup } from './reader.ts';
import { survey } from './survey.ts';

const setup = workerData as ReaderSetup;
const database = new DatabaseSync(setup.path, { readOnly: true, timeout: 5_000 });
// Damage must be seen where it is: on the disk, not in what is remembered of it.
database.exec('PRAGMA mmap_size = 0');
const flag = new Int32Array(setup.flag);

function prepared(sql: string): ReturnType<DatabaseSync['prepare']> {
  const statement = database.prepare(sql);
  statement.setReadBigInts(true);
  return statement;
}
const reading: Reading = {
  all: (sql, ...values) => prepared(sql).all(...values),
  get: (sql, ...values) => prepared(sql).get(...values),
  each: (sql, ...values) => prepared(sql).iterate(...values),
};

function answer(request: ReaderRequest): ReaderAnswer {
  try {
    if (request.ask === 'begin') {
      if (database.isTransaction) database.exec('ROLLBACK');
      database.exec('BEGIN');
      return { head: readHead(reading) };
    }
    const { baseline, scope } = request;
    const cancelled = (): boolean => flag[0] === 1;
    return { survey: survey(reading, { baseline, scope, follower: setup.follower, cancelled }) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

parentPort?.on('message', (request: ReaderRequest | 'close') => {
  if (request === 'close') {
    database.close();
    parentPort?.close();
    return;
  }
  parentPort?.postMessage(answer(request));
});
