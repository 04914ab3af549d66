import type { Row } from './rows.ts';
import { median } from './table.ts';

/** What our figures must keep, one sentence per bar that was measured, with what was found. */
export function verdicts(rows: readonly Row[]): readonly { readonly text: string; readonly met: boolean }[] {
  return rows
    .filter((row) => row.contender === 'tandem')
    .flatMap((ours) => {
      const theirs = rows.find(
        (row) =>
          row.what === ours.what && row.intervalMs === ours.intervalMs && row.contender === 'keepalived',
      );
      const bar = barOf(ours, theirs);
      if (bar === undefined) return [];
      return [{ text: `${ours.what}, ${ours.intervalMs} ms: ${bar.text}`, met: bar.met }];
    });
}

function barOf(ours: Row, theirs: Row | undefined): { text: string; met: boolean } | undefined {
  const worst = Math.max(...ours.figures);
  const typical = median(ours.figures);
  switch (ours.part) {
    case 'takeover':
      if (theirs === undefined) return undefined;
      return { text: 'no longer than keepalived', met: typical <= median(theirs.figures) };
    case 'leave':
      return { text: 'at most 25 ms', met: typical <= 25 };
    case 'owners':
      return { text: 'exactly one', met: ours.figures.every((figure) => figure === 1) };
    case 'busy': {
      if (ours.intervalMs > 10) return { text: 'none', met: worst === 0 };
      if (theirs === undefined) return undefined;
      const [sum, other] = [ours, theirs].map(({ figures }) => figures.reduce((all, one) => all + one, 0));
      return { text: 'none, or fewer than keepalived', met: sum === 0 || Number(sum) < Number(other) };
    }
    case 'idle':
      return { text: 'none', met: worst === 0 };
    case 'cost':
      return ours.what.includes('MB')
        ? { text: 'at most 80', met: worst <= 80 }
        : { text: 'at most 2', met: worst <= 2 };
  }
}
