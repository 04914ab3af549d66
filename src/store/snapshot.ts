import { rmSync } from 'node:fs';
import { backup, DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { TandemError } from '../core/errors.ts';
import { findCommonPoint } from '../core/replication/decision.ts';
import type { Head } from '../core/replication/position.ts';
import { busyTimeoutMs, makePrivate, type Reading } from './database.ts';
import { explain } from './errors.ts';
import { checkIntegrity } from './integrity.ts';
import { readArchivedHash, readFirstKnownSequence } from './journal/history.ts';
import { readFirstSequence, readHash, readHead } from './journal/journal.ts';
import { newerThanKnown, schemaVersion } from './migrations.ts';
import { restoredOver } from './setting/restored-over.ts';

/** Pages copied between two looks at the event loop. */
const pagesAtATime = 256;

/**
 * Copies the database at `source` into the new file `target` while it is being written to. The copy is of one moment:
 * a read transaction of its own holds that moment until the last page. Returns the head of the journal inside it.
 */
export async function copyDatabase(source: string, target: string): Promise<Head> {
  rmSync(target, { force: true });
  makePrivate(target);
  const reader = new DatabaseSync(source, { readOnly: true, timeout: busyTimeoutMs });
  try {
    reader.exec('BEGIN');
    const head = readHead(readingFrom(reader));
    await backup(reader, target, { rate: pagesAtATime });
    reader.exec('COMMIT');
    return head;
  } catch (error) {
    rmSync(target, { force: true });
    throw explain(error, target);
  } finally {
    reader.close();
  }
}

/** `journal_archive` is there from this data format on. */
const firstVersionWithArchive = 9;

/** What is inside a database file. */
export interface Inspection {
  readonly head: Head;
  /** The last sequence up to which its journal is the same as another one, or took its place by a restored backup. */
  readonly commonPoint: number;
}

/** The other journal to compare with. */
export interface Compared {
  readonly position: { readonly sequence: number };
  /** The first sequence whose hash it knows. */
  readonly firstKnownSequence: number;
  hashAt(sequence: number): string | undefined;
}

/**
 * Looks into a database file that nothing has open, without touching it: known format, sound pages, head of the
 * journal, and how far it is the same as `other`. Throws `store.newer` or `store.damaged`.
 */
export async function inspectDatabase(path: string, other: Compared): Promise<Inspection> {
  const url = pathToFileURL(path);
  url.searchParams.set('immutable', '1');
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(url, { readOnly: true });
    const reading = readingFrom(database);
    const version = Number(reading.get('PRAGMA user_version')?.['user_version']);
    if (version > schemaVersion) throw newerThanKnown(path, version);
    const findings = await checkIntegrity(path);
    if (findings.length > 0) throw damaged(path, findings.slice(0, 3).join('; '));
    const head = readHead(reading);
    return { head, commonPoint: commonPointOf(reading, version, head, other) };
  } catch (error) {
    if (error instanceof TandemError) throw error;
    throw damaged(path, error instanceof Error ? error.message : String(error), error);
  } finally {
    database?.close();
  }
}

function commonPointOf(reading: Reading, version: number, head: Head, other: Compared): number {
  const { sequence } = other.position;
  if (sequence > 0 && restoredOver(reading) === other.hashAt(sequence)) return sequence;
  const archives = version >= firstVersionWithArchive;
  const known = archives ? readFirstKnownSequence(reading) : readFirstSequence(reading);
  const range = {
    first: Math.max(known, other.firstKnownSequence),
    last: Math.min(head.position.sequence, other.position.sequence),
  };
  return findCommonPoint(range, (sequence) => {
    const hash = readHash(reading, sequence) ?? (archives ? readArchivedHash(reading, sequence) : undefined);
    return hash !== undefined && hash === other.hashAt(sequence);
  });
}

function damaged(path: string, findings: string, cause?: unknown): TandemError {
  return new TandemError({
    code: 'store.damaged',
    culprit: 'operator',
    message: `the database ${path} is damaged: ${findings}`,
    hint: 'Check the disk (`dmesg`, `smartctl`). A standby fetches a whole copy with `tandem replica reseed`.',
    cause,
  });
}

function readingFrom(database: DatabaseSync): Reading {
  return {
    all: (sql, ...values) => database.prepare(sql).all(...values),
    get: (sql, ...values) => database.prepare(sql).get(...values),
    each: (sql, ...values) => database.prepare(sql).iterate(...values),
  };
}
