import type { Series } from './figures.ts';
import { summarise } from './figures.ts';

/** What is promised of a figure, in milliseconds. */
export interface Bar {
  readonly what: string;
  readonly atMostMs: number;
  readonly median: number | undefined;
  readonly holds: boolean;
}

/** The median of a series against its bar; whoever did not come back counts as infinitely late. */
export function bar(what: string, values: Series['values'], atMostMs: number): Bar {
  const late = values.map((value) => value ?? Number.POSITIVE_INFINITY);
  const { medianMs } = summarise({ what, pair: 'tandem', values: late });
  return { what, atMostMs, median: medianMs, holds: medianMs !== undefined && medianMs <= atMostMs };
}

export function barLines(bars: readonly Bar[]): string {
  return bars
    .map(({ what, atMostMs, median, holds }) => {
      const found = median === undefined ? '–' : `${Math.round(median)} ms`;
      return `${holds ? 'holds ' : 'MISSED'}  ${what}: ${found}, at most ${atMostMs} ms`;
    })
    .join('\n');
}
