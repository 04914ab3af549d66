import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { summarise, tableOf } from './figures.ts';
import { crowd, type Extent, type Found, one, tcp, uncalled } from './parts.ts';
import { barLines } from './verdicts.ts';

const { values: options } = parseArgs({
  options: {
    runs: { type: 'string', default: '7' },
    /** Of the hand-built pair, whose clients are away for a minute each time. */
    'built-runs': { type: 'string' },
    quick: { type: 'boolean', default: false },
    /** Some of `one`, `uncalled`, `50`, `100`, which are done without it, and `tcp`, which needs a server over TCP. */
    part: { type: 'string', multiple: true, default: ['one', 'uncalled', '50', '100'] },
    json: { type: 'string' },
  },
});

const runs = options.quick ? 2 : Number(options.runs);
const extent: Extent = {
  runs,
  builtRuns: Number(options['built-runs'] ?? Math.min(runs, 3)),
  say: (what) => process.stderr.write(`${what}\n`),
};
const found: Found[] = [];
for (const part of options.part) found.push(await measure(part));
const series = found.flatMap((one) => one.series);
const bars = found.flatMap((one) => one.bars);
process.stdout.write(`${tableOf(series)}\n\n${barLines(bars)}\n`);
if (options.json !== undefined) {
  const summaries = series.map((one) => ({ ...one, ...summarise(one) }));
  writeFileSync(options.json, `${JSON.stringify({ runs, series: summaries, bars }, null, 2)}\n`);
}
process.exit(0);

function measure(part: string): Promise<Found> {
  switch (part) {
    case 'one':
      return one(extent);
    case 'uncalled':
      return uncalled(extent);
    case 'tcp':
      return tcp(extent);
    default: {
      const size = Number(part);
      if (!(size > 0)) throw new Error(`there is no part ${part}`);
      return crowd(extent, size);
    }
  }
}
