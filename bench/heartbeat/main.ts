import { parseArgs } from 'node:util';
import { verdicts } from './bars.ts';
import { type Case, casesOf, PARTS, type Part } from './cases.ts';
import type { ContenderName } from './contenders.ts';
import { Rows } from './rows.ts';
import { tableOf } from './table.ts';

const { values: options } = parseArgs({
  options: {
    /** Of what is over in seconds; what takes minutes has its own number. */
    runs: { type: 'string' },
    quick: { type: 'boolean', default: false },
    json: { type: 'string' },
    part: { type: 'string', multiple: true },
    interval: { type: 'string', multiple: true },
    loops: { type: 'string', default: '32' },
    seconds: { type: 'string' },
  },
});

const parts: readonly string[] = options.part ?? PARTS;
const unknown = parts.find((part) => !(PARTS as readonly string[]).includes(part));
if (unknown !== undefined) {
  process.stderr.write(`bench/heartbeat: there is no part "${unknown}"; there are: ${PARTS.join(' ')}\n`);
  process.exit(64);
}
const intervals = (options.interval ?? (options.quick ? ['100', '10'] : undefined))?.map(Number);
const effort = {
  seconds: Number(options.seconds ?? (options.quick ? 10 : 60)),
  loops: Number(options.loops),
};
const cases = casesOf(effort).filter(
  ({ part, intervalMs }) => parts.includes(part) && (intervals?.includes(intervalMs) ?? true),
);
const rows = new Rows(options.json);
const most = Math.max(0, ...cases.map(runsOf));
for (let run = 0; run < most; run += 1) {
  for (const one of cases.filter((each) => run < runsOf(each))) {
    if (one.together === true)
      await Promise.all(one.contenders.map((contender) => measure(run, one, contender)));
    else for (const contender of one.contenders) await measure(run, one, contender);
  }
}

process.stdout.write(`${tableOf(rows.all)}\n`);
for (const { text, met } of verdicts(rows.all)) {
  process.stdout.write(`${met ? 'met    ' : 'NOT MET'} ${text}\n`);
  if (!met) process.exitCode = 1;
}

async function measure(run: number, one: Case, contender: ContenderName): Promise<void> {
  for (const [what, figure] of Object.entries(await one.measure(contender))) {
    rows.add(one, contender, what, figure);
    process.stderr.write(
      `run ${run + 1}/${runsOf(one)}: ${what}, ${one.intervalMs} ms, ${contender}: ${figure.toFixed(1)}\n`,
    );
  }
  rows.save();
}

function runsOf({ part }: Case): number {
  const usual: Readonly<Record<Part, number>> = {
    takeover: 7,
    leave: 7,
    owners: 7,
    busy: 1,
    idle: 10,
    cost: 1,
  };
  if (options.runs !== undefined) return Number(options.runs);
  return options.quick ? Math.min(usual[part], 3) : usual[part];
}
