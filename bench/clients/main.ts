import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Crowd } from './crowd.ts';
import { type Series, summarise, tableOf } from './figures.ts';
import { HandBuiltPair } from './hand-built-pair.ts';
import { type Gaps, other, TandemPair } from './tandem-pair.ts';

const { values: options } = parseArgs({
  options: {
    runs: { type: 'string', default: '7' },
    quick: { type: 'boolean', default: false },
    /** Clients at once, in runs of their own; 0 for none. */
    crowd: { type: 'string', default: '50' },
    json: { type: 'string' },
  },
});
const runs = options.quick ? 2 : Number(options.runs);
const crowdSize = Number(options.crowd);

const say = (what: string): boolean => process.stderr.write(`${what}\n`);
const shown = ({ tunnelMs, addressMs }: Gaps): string =>
  `tunnel ${tunnelMs === undefined ? 'not back' : Math.round(tunnelMs)}, address ${Math.round(addressMs)} ms`;

const found: Record<'ours' | 'built' | 'planned', Gaps[]> = { ours: [], built: [], planned: [] };
const crowds: { readonly backMs: (number | undefined)[]; readonly addressMs: number }[] = [];
say('bringing up both pairs');
const tandem = await TandemPair.up('/var/lib/tandem-bench-clients-ours');
const built = await HandBuiltPair.up('/var/lib/tandem-bench-clients-built');
try {
  for (let run = 1; run <= runs; run += 1) {
    found.ours.push(await tandem.powerLoss());
    found.planned.push(await tandem.switchover());
    say(
      `run ${run}, tandem: ${shown(found.ours.at(-1) as Gaps)}; switchover ${shown(found.planned.at(-1) as Gaps)}`,
    );
    found.built.push(await built.powerLoss());
    say(`run ${run}, hand-built: ${shown(found.built.at(-1) as Gaps)}`);
  }
  if (crowdSize > 0) {
    const crowd = await Crowd.connect(tandem.lab, 'client-2', tandem.active, crowdSize);
    say(`${crowdSize} clients are in`);
    // What the standby is told of the last of them is on its way for a moment.
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    for (let run = 1; run <= Math.min(runs, 3); run += 1) {
      const dead = tandem.active;
      const startMs = Date.now();
      const loss = tandem.powerLoss();
      const backMs = await crowd.backAfter(startMs, 30_000);
      crowds.push({ backMs, addressMs: (await loss).addressMs });
      say(
        `crowd, run ${run}: ${other(dead)} has ${backMs.filter((one) => one !== undefined).length} of ${crowdSize}`,
      );
    }
  }
} finally {
  await tandem.down();
  await built.down();
}

const series: Series[] = [
  { what: 'power loss: address', pair: 'tandem', values: found.ours.map((gap) => gap.addressMs) },
  { what: 'power loss: address', pair: 'hand-built', values: found.built.map((gap) => gap.addressMs) },
  { what: 'power loss: tunnel', pair: 'tandem', values: found.ours.map((gap) => gap.tunnelMs) },
  { what: 'power loss: tunnel', pair: 'hand-built', values: found.built.map((gap) => gap.tunnelMs) },
  { what: 'switchover: address', pair: 'tandem', values: found.planned.map((gap) => gap.addressMs) },
  { what: 'switchover: tunnel', pair: 'tandem', values: found.planned.map((gap) => gap.tunnelMs) },
  ...(crowds.length === 0
    ? []
    : ([
        { what: `${crowdSize} clients: address`, pair: 'tandem', values: crowds.map((one) => one.addressMs) },
        { what: `${crowdSize} clients: each`, pair: 'tandem', values: crowds.flatMap((one) => one.backMs) },
        { what: `${crowdSize} clients: the last`, pair: 'tandem', values: crowds.map(last) },
      ] satisfies Series[])),
];
process.stdout.write(`${tableOf(series)}\n`);
if (options.json !== undefined) {
  const summaries = series.map((one) => ({ ...one, ...summarise(one) }));
  writeFileSync(options.json, `${JSON.stringify({ runs, series: summaries }, null, 2)}\n`);
}
process.exit(0);

function last({ backMs }: { backMs: readonly (number | undefined)[] }): number | undefined {
  const known = backMs.filter((one) => one !== undefined);
  return known.length < backMs.length ? undefined : Math.max(...known);
}
