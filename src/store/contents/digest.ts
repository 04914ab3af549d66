import { hash } from 'node:crypto';
import type { ChangedValue, RowChange } from '../journal/changeset.ts';

/** Content of every table as one digest each, 64 hexadecimal digits; equal digests, equal rows. */
export type TableDigests = Readonly<Record<string, string>>;

type CellValue = Exclude<ChangedValue, undefined>;

const lanes = 8;
/** The cell that says that the row is there. */
const presence = -1;

/**
 * The content of one table: the exclusive or of the SHA-256 of all its cells. A cell is hashed with its table, key and column, so
 * that each occurs once; order does not matter, and a journal entry can be played into a digest without the rows it left alone.
 */
export class TableDigest {
  readonly #table: string;
  readonly #keys: readonly number[];
  readonly #sum: Int32Array;

  /** `keys`: the columns of the primary key, in the order of the table. `from`: a digest to go on from. */
  constructor(table: string, keys: readonly number[], from?: string) {
    this.#table = table;
    this.#keys = keys;
    this.#sum = new Int32Array(lanes);
    if (from !== undefined) this.#flip(Buffer.from(from, 'hex'));
  }

  get text(): string {
    return Buffer.from(this.#sum.buffer).toString('hex');
  }

  /** A whole row comes or goes. */
  row(values: readonly CellValue[]): void {
    const key = this.#key(values);
    this.#cell(key, presence, null);
    for (let column = 0; column < values.length; column++) this.#cell(key, column, values[column] ?? null);
  }

  /** One change of an entry. Throws nothing: a change of a row that was not there shows as a different digest. */
  change({ operation, before, after }: RowChange): void {
    if (operation === 'insert') this.row(after.map((value) => value ?? null));
    else if (operation === 'delete') this.row(before.map((value) => value ?? null));
    else {
      const key = this.#key(before);
      for (const [column, value] of after.entries()) {
        if (value === undefined) continue;
        this.#cell(key, column, before[column] ?? null);
        this.#cell(key, column, value);
      }
    }
  }

  #key(values: readonly ChangedValue[]): string {
    return this.#keys.map((column) => written(values[column] ?? null)).join('\0');
  }

  #cell(key: string, column: number, value: CellValue): void {
    this.#flip(hash('sha256', `${this.#table}\0${column}\0${key}\0${written(value)}`, 'buffer'));
  }

  #flip(bytes: Buffer): void {
    for (let lane = 0; lane < lanes; lane++) {
      this.#sum[lane] = (this.#sum[lane] ?? 0) ^ bytes.readInt32LE(lane * 4);
    }
  }
}

/** The value with its type; an integer is the same whether it was read as number or bigint. */
function written(value: CellValue): string {
  switch (typeof value) {
    case 'string':
      return `t${value}`;
    case 'bigint':
      return `i${value}`;
    case 'number':
      return Number.isInteger(value) ? `i${value}` : `r${value}`;
    default:
      return value === null ? 'n' : `b${Buffer.from(value).toString('base64')}`;
  }
}
