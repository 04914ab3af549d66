import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { type Case, PARTS, type Part } from './cases.ts';
import { CONTENDERS, type ContenderName } from './contenders.ts';

/** All figures of one contender for one line of the comparison. */
export interface Row {
  readonly part: Part;
  readonly what: string;
  readonly intervalMs: number;
  readonly contender: ContenderName;
  readonly figures: number[];
}

/** What was found so far, kept in a file so that pieces measured one after the other make one table. */
export class Rows {
  readonly #file: string | undefined;
  readonly #rows: Row[];

  constructor(file: string | undefined) {
    this.#file = file;
    this.#rows =
      file !== undefined && existsSync(file)
        ? (JSON.parse(readFileSync(file, 'utf8')) as { rows: Row[] }).rows
        : [];
  }

  /** In the order of the parts; longer intervals first; what is compared in neighbouring lines, ours first. */
  get all(): readonly Row[] {
    return this.#rows.toSorted(
      (a, b) =>
        PARTS.indexOf(a.part) - PARTS.indexOf(b.part) ||
        b.intervalMs - a.intervalMs ||
        a.what.localeCompare(b.what) ||
        CONTENDERS.indexOf(a.contender) - CONTENDERS.indexOf(b.contender),
    );
  }

  add({ part, intervalMs }: Case, contender: ContenderName, what: string, figure: number): void {
    const known = this.#rows.find(
      (row) => row.what === what && row.intervalMs === intervalMs && row.contender === contender,
    );
    if (known === undefined) this.#rows.push({ part, what, intervalMs, contender, figures: [figure] });
    else known.figures.push(figure);
  }

  save(): void {
    if (this.#file !== undefined)
      writeFileSync(this.#file, `${JSON.stringify({ rows: this.all }, null, 2)}\n`);
  }
}
