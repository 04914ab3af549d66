import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { quantile, type Series, tableOf } from './figures.ts';
import { type Loss, lossWithRsync, lossWithStandby } from './losses.ts';
import { NodeProcess } from './node-process.ts';
import { BenchPair } from './pair.ts';
import { type Round, throughput } from './throughput.ts';

const { values: options } = parseArgs({
  options: {
    runs: { type: 'string', default: '7' },
    quick: { type: 'boolean', default: false },
    /** May be given several times; default all. */
    part: { type: 'string', multiple: true, default: ['writes', 'copies', 'claim', 'losses'] },
    json: { type: 'string' },
  },
});
const runs = options.quick ? 2 : Number(options.runs);
const many = options.quick ? 5_000 : 100_000;
const few = 100;
const loadMs = options.quick ? 1_000 : 3_000;
/** As people have it run. */
const rsyncEveryMs = options.quick ? 6_000 : 60_000;
const paceEachSecond = 10;
/** What a solid-state disk without a protected cache takes for a sync, and disks in the cloud. */
const slowSyncMs = 2;

const say = (what: string): boolean => process.stderr.write(`${what}\n`);
const series: Series[] = [];
const parts: Readonly<Record<string, () => Promise<void>>> = { writes, copies, claim, losses };
for (const name of options.part) {
  const part = parts[name];
  if (part === undefined) throw new Error(`no part ${name}; there are ${Object.keys(parts).join(', ')}`);
  await part();
}
process.stdout.write(`${tableOf(series)}\n`);
if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify({ series }, null, 2)}\n`);
process.exit(0);

/** Acknowledged writes per second, with a standby and without, on this disk and on one that has to write before it answers. */
async function writes(): Promise<void> {
  for (const syncMs of [0, slowSyncMs])
    await withPair(
      few,
      async (pair) => {
        const load = (writers: number) => () => pair.active.tell({ do: 'load', writers, forMs: loadMs });
        await throughput(pair, load(4), 1); // warm
        const disk = syncMs === 0 ? '' : `, sync ${syncMs} ms longer`;
        measure(`1 writer${disk}`, await throughput(pair, load(1), runs), 'at least 0.5');
        measure(`16 writers${disk}`, await throughput(pair, load(16), runs), 'at least 0.9');
      },
      syncMs,
    );
}

function measure(who: string, rounds: readonly Round[], bar: string): void {
  const each = (which: 'alone' | 'both', of: (load: Round['both']) => number): number[] =>
    rounds.map((round) => of(round[which]));
  const perSecond = {
    alone: each('alone', (load) => load.perSecond),
    both: each('both', (load) => load.perSecond),
  };
  const ratio = quantile(perSecond.both, 0.5) / quantile(perSecond.alone, 0.5);
  series.push(
    { what: `${who}, alone`, unit: 'writes/s', values: perSecond.alone },
    { what: `${who}, on both nodes`, unit: 'writes/s', values: perSecond.both },
    { what: `${who}, both / alone, of the medians`, unit: 'ratio', values: [ratio], bar },
    ...([0.5, 0.99] as const).flatMap((share) =>
      (['alone', 'both'] as const).map((which) => ({
        what: `${who}, ${which === 'both' ? 'on both nodes' : which}, ${share === 0.5 ? 'median' : 'p99'} of a write`,
        unit: 'ms',
        values: each(which, ({ latenciesMs }) => quantile(latenciesMs, share)),
      })),
    ),
  );
  say(`${who}: ${ratio.toFixed(2)}`);
}

/** A standby that was away, and one with an empty disk. */
async function copies(): Promise<void> {
  const [caughtUp, copied]: [number[], number[]] = [[], []];
  await withPair(few, async (pair) => {
    await pair.connect();
    await pair.disconnect();
    const early = await pair.keepStandby();
    await pair.active.tell({ do: 'add users', from: few, to: many, eachInOneEntry: 1 });
    for (let run = 0; run < runs; run++) {
      await pair.replaceStandby(early);
      caughtUp.push(await pair.connect());
      say(`catch-up of ${many - few} entries: ${Math.round(caughtUp.at(-1) ?? 0)} ms`);
      await pair.disconnect();
      await pair.replaceStandby();
      copied.push(await pair.connect());
      say(`whole copy of ${many} users: ${Math.round(copied.at(-1) ?? 0)} ms`);
      await pair.disconnect();
    }
  });
  series.push(
    { what: `catch-up of ${many - few} entries, one user each`, unit: 'ms', values: caughtUp },
    { what: `whole copy of ${many} users and their journal`, unit: 'ms', values: copied },
  );
}

/** From the claim to the first change that was accepted and is on the disk. */
async function claim(): Promise<void> {
  const folder = mkdtempSync('/var/tmp/tandem-bench-');
  const found: { readonly users: number; readonly values: number[] }[] = [];
  try {
    for (const users of [few, many]) {
      const values: number[] = [];
      const node = await NodeProcess.start([], [join(folder, `${users}`), 'node-b', join(folder, 'b.sock')]);
      await node.tell({ do: 'become', role: 'active' });
      await node.tell({ do: 'add users', from: 0, to: users, eachInOneEntry: 500 });
      for (let run = 0; run <= runs; run++) {
        await node.tell({ do: 'become', role: 'standby' });
        const tookMs = await node.tell({ do: 'claim' });
        if (run > 0) values.push(tookMs); // the first one warms up
      }
      await node.kill();
      found.push({ users, values });
      say(`claim to first write, ${users} users: ${values.map((value) => value.toFixed(1)).join(' ')} ms`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  for (const { users, values } of found)
    series.push({ what: `claim to first write, ${users} users`, unit: 'ms', values, bar: 'does not grow' });
}

/** Ten changes a second, and the machine that takes them dies. */
async function losses(): Promise<void> {
  const [ours, theirs]: [Loss[], Loss[]] = [[], []];
  const folder = mkdtempSync('/var/tmp/tandem-bench-');
  try {
    for (let run = 0; run < runs; run++) {
      const withStandby = withPair(few, async (pair) => {
        await pair.connect();
        ours.push(await lossWithStandby(pair, rsyncEveryMs, paceEachSecond));
      });
      theirs.push(await lossWithRsync(folder, rsyncEveryMs, paceEachSecond));
      await withStandby;
      say(
        `crash ${run + 1}: rsync lost ${theirs.at(-1)?.lost} of ${theirs.at(-1)?.answered}, tandem ${ours.at(-1)?.lost} of ${ours.at(-1)?.answered}`,
      );
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const what = `${paceEachSecond} writes/s, crash: answered and lost`;
  series.push(
    { what: `${what}, tandem`, unit: 'writes', values: ours.map(({ lost }) => lost), bar: '0' },
    {
      what: `${what}, rsync every ${rsyncEveryMs / 1_000} s`,
      unit: 'writes',
      values: theirs.map(({ lost }) => lost),
    },
  );
}

async function withPair(
  users: number,
  body: (pair: BenchPair) => Promise<void>,
  syncMs: number = 0,
): Promise<void> {
  const pair = await BenchPair.start(users, syncMs);
  try {
    await body(pair);
  } finally {
    await pair.stop();
  }
}
