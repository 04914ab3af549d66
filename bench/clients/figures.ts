/** How long something was away in each run, in milliseconds. */
export interface Series {
  readonly what: string;
  readonly pair: 'tandem' | 'hand-built';
  /** Undefined: it did not come back while it was watched. */
  readonly values: readonly (number | undefined)[];
}

export interface Summary {
  readonly runs: number;
  readonly notBack: number;
  readonly medianMs: number | undefined;
  readonly minMs: number | undefined;
  readonly maxMs: number | undefined;
}

export function summarise({ values }: Series): Summary {
  const sorted = values.filter((value) => value !== undefined).sort((a, b) => a - b);
  return {
    runs: values.length,
    notBack: values.length - sorted.length,
    medianMs: sorted[Math.floor((sorted.length - 1) / 2)],
    minMs: sorted[0],
    maxMs: sorted.at(-1),
  };
}

/** One line per series, with the ratio of the hand-built pair's median to ours where both were measured. */
export function tableOf(all: readonly Series[]): string {
  const rows = all.map((series) => {
    const { runs, notBack, medianMs, minMs, maxMs } = summarise(series);
    const other = all.find((one) => one.what === series.what && one.pair !== series.pair);
    const otherMs = other && summarise(other).medianMs;
    const ratio =
      series.pair === 'hand-built' && otherMs !== undefined && medianMs !== undefined
        ? `${(medianMs / otherMs).toFixed(0)} ×`
        : '';
    const back = notBack === 0 ? '' : `${notBack} not back`;
    return [series.what, series.pair, String(runs), ms(medianMs), ms(minMs), ms(maxMs), ratio, back];
  });
  const lines = [['', 'pair', 'runs', 'median', 'min', 'max', 'ratio', ''], ...rows];
  const widths = lines[0]?.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) => line.map((cell, column) => cell.padEnd(widths?.[column] ?? 0)).join('  '))
    .join('\n');
}

function ms(value: number | undefined): string {
  return value === undefined ? '–' : `${Math.round(value)} ms`;
}
