import { execFile } from 'node:child_process';
import { closeSync, fstatSync, openSync, readlinkSync, readSync } from 'node:fs';
import { basename } from 'node:path';
import { promisify } from 'node:util';
import { paths } from '../settings/paths.ts';

const mostBytes = 4 * 1024 * 1024;
const timeoutMs = 5_000;
/** Where this process writes what it logs, and with it everything that it starts. */
const output = '/proc/self/fd/1';

/** The last lines that the service wrote, of all its processes, oldest first: from the file they go to, or else from the journal. */
export async function readLog(lines: number): Promise<string[]> {
  const text = ownFile() === undefined ? await fromJournal(lines) : tailOf(ownFile() ?? output);
  return text
    .split('\n')
    .filter((line) => line !== '')
    .slice(-lines);
}

function ownFile(): string | undefined {
  const target = readlinkSync(output);
  return target.startsWith('/') && !target.startsWith('/dev/') ? target : undefined;
}

function tailOf(path: string): string {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    const from = Math.max(0, size - mostBytes);
    const bytes = Buffer.alloc(Math.min(size, mostBytes));
    const length = readSync(file, bytes, 0, bytes.length, from);
    const text = bytes.toString('utf8', 0, length);
    // The first line may have been cut.
    return from === 0 ? text : text.slice(text.indexOf('\n') + 1);
  } finally {
    closeSync(file);
  }
}

async function fromJournal(lines: number): Promise<string> {
  const words = [
    '--unit',
    basename(paths.unitFile),
    '--output',
    'cat',
    '--no-pager',
    '--quiet',
    '--lines',
    String(lines),
  ];
  const { stdout } = await promisify(execFile)('journalctl', words, {
    timeout: timeoutMs,
    maxBuffer: mostBytes,
  });
  return stdout;
}
