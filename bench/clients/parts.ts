import { Crowd } from './crowd.ts';
import type { Series } from './figures.ts';
import { HandBuiltPair, usualKeepalive } from './hand-built-pair.ts';
import { processorTimes, spent } from './processor-time.ts';
import { type Gaps, other, type TandemOptions, TandemPair } from './tandem-pair.ts';
import { type Bar, bar } from './verdicts.ts';

/** How much is done, and where what happens is told. */
export interface Extent {
  readonly runs: number;
  readonly builtRuns: number;
  readonly say: (what: string) => void;
}

export interface Found {
  readonly series: readonly Series[];
  readonly bars: readonly Bar[];
}

const ours = '/var/lib/tandem-bench-clients-ours';
const theirs = '/var/lib/tandem-bench-clients-built';
/** The shortest that OpenVPN allows, and our preset. */
const shortKeepalive = '1 4';

/** One client over UDP, beside the hand-built pair, which is idle for the minute that its clients wait. */
export async function one(extent: Extent): Promise<Found> {
  const losses: Gaps[] = [];
  const moves: Gaps[] = [];
  const [logins, built] = await Promise.all([
    withTandem({ stateDir: ours }, async (pair) => {
      for (let run = 1; run <= extent.runs; run += 1) {
        losses.push(await pair.powerLoss());
        moves.push(await pair.switchover());
        extent.say(`run ${run}: power loss ${shown(losses.at(-1))}; switchover ${shown(moves.at(-1))}`);
      }
      return pair.logins;
    }),
    builtLosses(usualKeepalive, extent),
  ]);
  return {
    series: [
      ...series('power loss', 'tandem', losses),
      ...series('power loss', 'hand-built', built),
      ...series('switchover', 'tandem', moves),
    ],
    bars: [
      bar('power loss: tunnel behind the address', behind(losses), 150),
      bar('switchover: tunnel', moves.map(tunnel), 250),
      again(logins),
    ],
  };
}

/** A client that is not called, beside a stock server with the same `keepalive`. */
export async function uncalled(extent: Extent): Promise<Found> {
  const losses: Gaps[] = [];
  const [, built] = await Promise.all([
    withTandem({ stateDir: ours, withoutCalls: true }, async (pair) => {
      for (let run = 1; run <= extent.runs; run += 1) {
        losses.push(await pair.powerLoss());
        extent.say(`run ${run}, not called: ${shown(losses.at(-1))}`);
      }
    }),
    builtLosses(shortKeepalive, { ...extent, builtRuns: extent.runs }),
  ]);
  const what = `not called, keepalive ${shortKeepalive}`;
  const stock = bar(what, built.map(tunnel), Number.POSITIVE_INFINITY).median ?? 0;
  return {
    series: [...series(what, 'tandem', losses), ...series(what, 'hand-built', built)],
    // Both wait in whole seconds from their last packet; what lies between is luck.
    bars: [bar('not called: tunnel, beside stock servers', losses.map(tunnel), stock + 500)],
  };
}

/** One client over TCP. */
export async function tcp(extent: Extent): Promise<Found> {
  const losses: Gaps[] = [];
  const logins = await withTandem({ stateDir: ours, protocol: 'tcp' }, async (pair) => {
    for (let run = 1; run <= extent.runs; run += 1) {
      losses.push(await pair.powerLoss());
      extent.say(`run ${run}, TCP: ${shown(losses.at(-1))}`);
    }
    return pair.logins;
  });
  return {
    series: series('TCP, power loss', 'tandem', losses),
    bars: [bar('TCP: tunnel behind the address', behind(losses), 1_300), again(logins)],
  };
}

/** Many clients at once. */
export async function crowd(extent: Extent, size: number): Promise<Found> {
  const addresses: number[] = [];
  const each: (number | undefined)[] = [];
  const last: (number | undefined)[] = [];
  await withTandem({ stateDir: ours }, async (pair) => {
    const clients = await Crowd.connect(pair.lab, 'client-2', pair.active, size);
    extent.say(`${size} clients are in`);
    // What the standby is told of the last of them is on its way for a moment.
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    for (let run = 1; run <= extent.runs; run += 1) {
      const survivor = other(pair.active);
      const look = () => Promise.all([survivor, 'client-2'].map((host) => processorTimes(pair.lab, host)));
      const before = await look();
      const startMs = Date.now();
      const loss = pair.powerLoss();
      const back = await clients.backAfter(startMs, 30_000);
      const after = await look();
      const [server, crowd] = before.map((times, index) => spent(times, after[index] ?? times));
      const { addressMs } = await loss;
      const behindAddress = back.map((ms) => (ms === undefined ? undefined : ms - addressMs));
      addresses.push(addressMs);
      each.push(...behindAddress);
      const known = behindAddress.filter((ms) => ms !== undefined);
      last.push(known.length < size ? undefined : Math.max(...known));
      const median = known.toSorted((a, b) => a - b)[Math.floor(known.length / 2)] ?? 0;
      extent.say(
        `${size} clients, run ${run}: ${known.length} back, half ${Math.round(median)} ms and the last ${Math.round(Math.max(...known))} ms after the address (away for ${Math.round(addressMs)} ms); processor time within ${Math.round((Date.now() - startMs) / 1_000)} s: on the node ${server}; of the clients ${crowd}`,
      );
    }
  });
  const name = `${size} clients, power loss`;
  return {
    series: [
      { what: `${name}: address`, pair: 'tandem', values: addresses },
      { what: `${name}: each, behind the address`, pair: 'tandem', values: each },
      { what: `${name}: the last, behind the address`, pair: 'tandem', values: last },
    ],
    bars: [
      bar(`${size} clients: each behind the address`, each, 150),
      bar(`${size} clients: the last behind the address`, last, 1_500),
    ],
  };
}

async function withTandem<T>(options: TandemOptions, work: (pair: TandemPair) => Promise<T>): Promise<T> {
  const pair = await TandemPair.up(options);
  try {
    return await work(pair);
  } finally {
    await pair.down();
  }
}

async function builtLosses(keepalive: string, { builtRuns, say }: Extent): Promise<Gaps[]> {
  if (builtRuns === 0) return [];
  const pair = await HandBuiltPair.up(theirs, keepalive);
  try {
    const losses: Gaps[] = [];
    for (let run = 1; run <= builtRuns; run += 1) {
      losses.push(await pair.powerLoss());
      say(`run ${run}, hand-built with keepalive ${keepalive}: ${shown(losses.at(-1))}`);
    }
    return losses;
  } finally {
    await pair.down();
  }
}

const tunnel = ({ tunnelMs }: Gaps): number | undefined => tunnelMs;

function behind(gaps: readonly Gaps[]): (number | undefined)[] {
  return gaps.map(({ tunnelMs, addressMs }) => (tunnelMs === undefined ? undefined : tunnelMs - addressMs));
}

function again(logins: number): Bar {
  return { what: 'logins after the first', atMostMs: 0, median: logins - 1, holds: logins === 1 };
}

function series(what: string, pair: Series['pair'], gaps: readonly Gaps[]): Series[] {
  if (gaps.length === 0) return [];
  return [
    { what: `${what}: address`, pair, values: gaps.map((gap) => gap.addressMs) },
    { what: `${what}: tunnel`, pair, values: gaps.map(tunnel) },
  ];
}

function shown(gaps: Gaps | undefined): string {
  if (gaps === undefined) return '';
  const away = gaps.tunnelMs === undefined ? 'not back' : Math.round(gaps.tunnelMs);
  return `tunnel ${away}, address ${Math.round(gaps.addressMs)} ms`;
}
