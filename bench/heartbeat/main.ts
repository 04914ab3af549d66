import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { ContenderName } from './contenders.ts';
import { type Event, round } from './rounds.ts';

const { values } = parseArgs({
  options: { json: { type: 'string' }, runs: { type: 'string' }, quick: { type: 'boolean', default: false } },
});

interface Case {
  readonly event: Event;
  readonly intervalMs: number;
  readonly contenders: readonly ContenderName[];
}

const vrrp: readonly ContenderName[] = ['tandem', 'keepalived'];
const all: readonly ContenderName[] = [...vrrp, 'ucarp'];
const cases: readonly Case[] = values.quick
  ? [
      { event: 'power', intervalMs: 100, contenders: vrrp },
      { event: 'stop', intervalMs: 100, contenders: vrrp },
      { event: 'kill', intervalMs: 100, contenders: vrrp },
    ]
  : [
      { event: 'power', intervalMs: 1000, contenders: all },
      { event: 'power', intervalMs: 100, contenders: vrrp },
      { event: 'power', intervalMs: 10, contenders: vrrp },
      { event: 'stop', intervalMs: 1000, contenders: all },
      { event: 'stop', intervalMs: 100, contenders: vrrp },
      { event: 'kill', intervalMs: 100, contenders: vrrp },
      { event: 'freeze', intervalMs: 100, contenders: vrrp },
    ];
const runs = Number(values.runs ?? (values.quick ? 3 : 7));

interface Row {
  readonly event: Event;
  readonly intervalMs: number;
  readonly contender: ContenderName;
  readonly figures: number[];
}

const rows: Row[] = cases.flatMap(({ contenders, ...rest }) =>
  contenders.map((contender) => ({ ...rest, contender, figures: [] })),
);
for (let run = 0; run < runs; run += 1) {
  for (const { event, intervalMs, contender, figures } of rows) {
    figures.push(await round(contender, event, intervalMs));
    process.stderr.write(
      `run ${run + 1}/${runs}: ${event} ${intervalMs} ms ${contender}: ${figures.at(-1)?.toFixed(0)}\n`,
    );
  }
}

const texts: Readonly<Record<Event, string>> = {
  power: 'power loss, ms without an answer',
  stop: 'graceful stop, ms without an answer',
  kill: 'SIGKILL of the active, owners after lease + 200 ms',
  freeze: 'SIGSTOP of the active, owners after lease + 200 ms',
};

/** The ratio is of medians, to those of the first contender of the same case: ours. */
const table = rows.map((row) => {
  const ours = rows.find((other) => other.event === row.event && other.intervalMs === row.intervalMs);
  const ratio = median(ours?.figures ?? []) / median(row.figures);
  return [
    texts[row.event],
    `${row.intervalMs} ms`,
    row.contender,
    ...[median(row.figures), Math.min(...row.figures), Math.max(...row.figures)].map((figure) =>
      figure.toFixed(0),
    ),
    row === ours ? '' : ratio.toFixed(2),
  ];
});
const heads = ['what', 'interval', 'program', 'median', 'min', 'max', 'ours / theirs'];
process.stdout.write(
  [heads, heads.map(() => '---'), ...table].map((cells) => `| ${cells.join(' | ')} |\n`).join(''),
);
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify({ runs, rows }, null, 2)}\n`);

function median(figures: readonly number[]): number {
  const sorted = [...figures].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = Number.NaN, high = Number.NaN] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[middle]];
  return (low + high) / 2;
}
