import { closeSync, openSync, readFileSync, readSync, writeSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

/** Everything of the database in its one file, so that bytes can be found there. */
export function foldLog(path: string): void {
  const database = new DatabaseSync(path, { timeout: 5_000 });
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  database.close();
}

/** Changes the last letter of the first occurrence of `text` in the file, as a bad disk would. */
export function flipText(path: string, text: string): void {
  const at = readFileSync(path).indexOf(text);
  if (at < 0) throw new Error(`${text} is not in ${path}`);
  flipByte(path, at + text.length - 1);
}

export function flipByte(path: string, offset: number): void {
  const file = openSync(path, 'r+');
  const byte = Buffer.alloc(1);
  readSync(file, byte, 0, 1, offset);
  byte.writeUInt8(byte.readUInt8(0) ^ 0x01);
  writeSync(file, byte, 0, 1, offset);
  closeSync(file);
}

/** Destroys the header of the page that holds `text`: structure, not content. */
export function breakPageOf(path: string, text: string): void {
  const pageBytes = 4096;
  const page = Math.floor(readFileSync(path).indexOf(text) / pageBytes) * pageBytes;
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.alloc(16, 0xff), 0, 16, page === 0 ? 100 : page);
  closeSync(file);
}
