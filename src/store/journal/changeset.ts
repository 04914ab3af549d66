/**
 * Reads SQLite's changeset format (https://sqlite.org/session/intro.html; layout in sqlite3session.c, "CHANGESET BLOB
 * FORMAT") so that a change can be shown. Applying is SQLite's own business.
 */
export type ChangedValue = null | number | bigint | string | Uint8Array | undefined;

export interface RowChange {
  readonly table: string;
  readonly operation: 'insert' | 'update' | 'delete';
  /** Per column; undefined where an update leaves a column as it is. Key columns keep their value in `before`. */
  readonly before: readonly ChangedValue[];
  readonly after: readonly ChangedValue[];
}

const operations: Readonly<Record<number, RowChange['operation']>> = {
  9: 'delete',
  18: 'insert',
  23: 'update',
};

/** Throws RangeError or SyntaxError on bytes that are not a changeset. */
export function readChangeset(changeset: Uint8Array): RowChange[] {
  const reader = new Reader(changeset);
  const changes: RowChange[] = [];
  let table = '';
  let columns = 0;
  while (!reader.ended) {
    const tag = reader.byte();
    if (tag === 0x54) {
      columns = reader.varint();
      reader.skip(columns);
      table = reader.name();
      continue;
    }
    const operation = operations[tag];
    if (operation === undefined || columns === 0) throw new SyntaxError('not a changeset');
    reader.skip(1); // whether the change was indirect, made by a trigger or a foreign key
    const before = operation === 'insert' ? [] : reader.record(columns);
    const after = operation === 'delete' ? [] : reader.record(columns);
    changes.push({ table, operation, before, after });
  }
  return changes;
}

/** The tables a changeset touches, each once, in order. */
export function touchedTables(changeset: Uint8Array): string[] {
  return [...new Set(readChangeset(changeset).map((change) => change.table))];
}

class Reader {
  readonly #bytes: Buffer;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get ended(): boolean {
    return this.#offset >= this.#bytes.length;
  }

  byte(): number {
    return this.#bytes.readUInt8(this.#take(1));
  }

  skip(length: number): void {
    this.#take(length);
  }

  /** SQLite's variable-length integer: seven bits a byte, most significant first. Lengths fit 32 bits. */
  varint(): number {
    let value = 0;
    for (let index = 0; index < 5; index++) {
      const byte = this.byte();
      value = value * 128 + (byte & 0x7f);
      if (byte < 0x80) return value;
    }
    throw new SyntaxError('a length is too large');
  }

  name(): string {
    const end = this.#bytes.indexOf(0, this.#offset);
    if (end < 0) throw new SyntaxError('a table name does not end');
    const name = this.#bytes.toString('utf8', this.#offset, end);
    this.#offset = end + 1;
    return name;
  }

  record(columns: number): ChangedValue[] {
    return Array.from({ length: columns }, () => this.#value());
  }

  #value(): ChangedValue {
    const type = this.byte();
    switch (type) {
      case 0:
        return undefined;
      case 1: {
        const value = this.#bytes.readBigInt64BE(this.#take(8));
        return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
      }
      case 2:
        return this.#bytes.readDoubleBE(this.#take(8));
      case 3: {
        const length = this.varint();
        const start = this.#take(length);
        return this.#bytes.toString('utf8', start, start + length);
      }
      case 4: {
        const length = this.varint();
        const start = this.#take(length);
        return this.#bytes.subarray(start, start + length);
      }
      case 5:
        return null;
      default:
        throw new SyntaxError(`unknown value type ${type}`);
    }
  }

  #take(length: number): number {
    const start = this.#offset;
    if (start + length > this.#bytes.length) throw new RangeError('a changeset ends too early');
    this.#offset = start + length;
    return start;
  }
}
