/** Reads a whole database file, which may take seconds, in a thread of its own: a takeover meanwhile waits for nothing. */
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';

const url = pathToFileURL(String(workerData));
url.searchParams.set('immutable', '1');
const database = new DatabaseSync(url, { readOnly: true });
const rows = database.prepare('PRAGMA integrity_check').all();
database.close();
parentPort?.postMessage(rows.map((row) => String(row['integrity_check'])));
