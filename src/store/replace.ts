import { closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { TandemError } from '../core/errors.ts';
import { busyTimeoutMs, type Database, makePrivate } from './database.ts';

/**
 * Puts the database file at `path` in the place of the open one and opens it. The old file is complete on its own
 * (its write-ahead log is folded in first) until the rename, the new one from then on.
 */
export function exchangeFile(database: Database, path: string): void {
  makePrivate(path);
  syncFile(path);
  database.exec('PRAGMA busy_timeout = 0');
  const checkpoint = database.get('PRAGMA wal_checkpoint(TRUNCATE)');
  database.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`);
  if (Number(checkpoint?.['busy']) !== 0) {
    throw new TandemError({
      code: 'store.replace.busy',
      culprit: 'us',
      message: `${database.path} cannot be exchanged while something reads it`,
      hint: 'It is tried again by itself. Close other programs that have the file open.',
    });
  }
  database.disconnect();
  // A leftover log of the old file must never be played into the new one.
  rmSync(`${database.path}-wal`, { force: true });
  rmSync(`${database.path}-shm`, { force: true });
  renameSync(path, database.path);
  syncFile(dirname(database.path));
}

function syncFile(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
