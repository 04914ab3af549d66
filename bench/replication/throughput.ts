import type { Load } from './orders.ts';
import type { BenchPair } from './pair.ts';

/** One round: the same writers, first on the node alone, then with its standby. */
export interface Round {
  readonly alone: Load;
  readonly both: Load;
}

/** Alternately, so that whatever else the machine does falls on both. */
export async function throughput(
  pair: BenchPair,
  load: () => Promise<Load>,
  rounds: number,
): Promise<Round[]> {
  const done: Round[] = [];
  for (let round = 0; round < rounds; round++) {
    await pair.disconnect();
    const alone = await load();
    await pair.connect();
    const both = await load();
    if (both.onBoth !== both.writes)
      throw new Error(`${both.onBoth} of ${both.writes} writes were on both nodes`);
    done.push({ alone, both });
  }
  return done;
}
