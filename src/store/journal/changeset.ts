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

const tags: Readonly<Record<RowChange['operation'], number>> = { delete: 9, insert: 18, update: 23 };

/** The bytes of these changes, to be applied; `keysOf` says of each column of a table whether it is part of the key. */
export function writeChangeset(
  changes: readonly RowChange[],
  keysOf: (table: string) => readonly boolean[],
): Uint8Array {
  const parts: Uint8Array[] = [];
  let table: string | undefined;
  for (const change of changes) {
    if (change.table !== table) {
      table = change.table;
      const keys = keysOf(table);
      const flags = keys.map((key) => (key ? 1 : 0));
      parts.push(Uint8Array.of(0x54), varint(keys.length), Uint8Array.from(flags), Buffer.from(`${table}\0`));
    }
    parts.push(Uint8Array.of(tags[change.operation], 0));
    if (change.operation !== 'insert') parts.push(...change.before.map(valueBytes));
    if (change.operation !== 'delete') parts.push(...change.after.map(valueBytes));
  }
  return Buffer.concat(parts);
}

function valueBytes(value: ChangedValue): Uint8Array {
  if (value === undefined) return Uint8Array.of(0);
  if (value === null) return Uint8Array.of(5);
  if (typeof value === 'string') return sized(3, Buffer.from(value, 'utf8'));
  if (value instanceof Uint8Array) return sized(4, value);
  const bytes = Buffer.alloc(9);
  if (typeof value === 'number' && !Number.isInteger(value)) {
    bytes.writeUInt8(2, 0);
    bytes.writeDoubleBE(value, 1);
  } else {
    bytes.writeUInt8(1, 0);
    bytes.writeBigInt64BE(BigInt(value), 1);
  }
  return bytes;
}

function sized(tag: number, bytes: Uint8Array): Uint8Array {
  return Buffer.concat([Uint8Array.of(tag), varint(bytes.length), bytes]);
}

function varint(value: number): Uint8Array {
  const digits = [value & 0x7f];
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) digits.unshift((rest & 0x7f) | 0x80);
  return Uint8Array.from(digits);
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
