import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type Series, tableOf } from '../replication/figures.ts';
import { answers } from './answers.ts';
import { crowdedNode } from './crowded-node.ts';
import { lists } from './lists.ts';

const { values: options } = parseArgs({
  options: {
    runs: { type: 'string', default: '7' },
    /** May be given several times; default all. */
    part: { type: 'string', multiple: true, default: ['answers', 'lists'] },
    json: { type: 'string' },
  },
});

const endings: (() => unknown)[] = [];
const served = await crowdedNode({ after: (ending) => void endings.push(ending as () => unknown) });
const series: Series[] = [];
const parts = { answers, lists };
for (const name of options.part) {
  const part = parts[name as keyof typeof parts];
  if (part === undefined) throw new Error(`no part ${name}; there are ${Object.keys(parts).join(', ')}`);
  series.push(...(await part(served, Number(options.runs))));
}
process.stdout.write(`${tableOf(series)}\n`);
if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify({ series }, null, 2)}\n`);
for (const ending of endings.reverse()) await ending();
process.exit(0);
