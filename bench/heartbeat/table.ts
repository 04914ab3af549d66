import type { Row } from './rows.ts';

/** Markdown. The ratio is of medians, ours to theirs, where ours was measured by the same words and interval. */
export function tableOf(rows: readonly Row[]): string {
  const lines = rows.map((row) => {
    const { what, intervalMs, contender, figures } = row;
    const ours = rows.find(
      (other) => other.what === what && other.intervalMs === intervalMs && other.contender === 'tandem',
    );
    const ratio = ours === undefined || ours === row ? Number.NaN : median(ours.figures) / median(figures);
    return [
      what,
      `${intervalMs} ms`,
      contender,
      String(figures.length),
      ...[median(figures), Math.min(...figures), Math.max(...figures)].map(rounded),
      Number.isFinite(ratio) ? ratio.toFixed(2) : '',
    ];
  });
  const heads = ['what', 'interval', 'program', 'runs', 'median', 'min', 'max', 'ours / theirs'];
  return [heads, heads.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}

export function median(figures: readonly number[]): number {
  const sorted = [...figures].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = Number.NaN, high = Number.NaN] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[middle]];
  return (low + high) / 2;
}

function rounded(figure: number): string {
  return Number.isInteger(figure) || figure >= 10 ? figure.toFixed(0) : figure.toFixed(1);
}
