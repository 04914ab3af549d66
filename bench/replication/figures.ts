/** One thing measured several times. */
export interface Series {
  readonly what: string;
  readonly unit: string;
  readonly values: readonly number[];
  /** What it should be, in words; empty where there is nothing to hold it against. */
  readonly bar?: string;
}

interface Summary {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

function summarise(values: readonly number[]): Summary {
  return { median: quantile(values, 0.5), min: Math.min(...values), max: Math.max(...values) };
}

/** The value that this share of them does not exceed; with 0.5 the lower median. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

/** A table as Markdown, so that what is published is what was printed. */
export function tableOf(all: readonly Series[]): string {
  const rows = all.map(({ what, unit, values, bar }) => {
    const { median, min, max } = summarise(values);
    return [what, unit, String(values.length), ...[median, min, max].map(readable), bar ?? ''];
  });
  const lines = [['what', 'unit', 'runs', 'median', 'min', 'max', 'bar'], ...rows];
  const widths = lines[0]?.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const row = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths?.[column] ?? 0)).join(' | ')} |`;
  const rule = `|${(widths ?? []).map((width) => '-'.repeat(width + 2)).join('|')}|`;
  return [row(lines[0] ?? []), rule, ...lines.slice(1).map(row)].join('\n');
}

function readable(value: number): string {
  if (value >= 100) return value.toFixed(0);
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
