import { AddressWatch } from '../../tests/integration/heartbeat/address-watch.ts';
import { VIRTUAL } from '../../tests/integration/heartbeat/node.ts';
import { BusyLoops } from './busy-loops.ts';
import type { ContenderName } from './contenders.ts';
import { begin, sleep } from './duel.ts';

/** How often an address changed hands in `forSeconds` although nothing was broken, with so many busy loops beside it. */
export async function falseTakeovers(
  name: ContenderName,
  intervalMs: number,
  forSeconds: number,
  loops: number,
): Promise<number> {
  await using duel = await begin(name, intervalMs);
  const watches = [
    await AddressWatch.start(duel.first, VIRTUAL),
    await AddressWatch.start(duel.second, VIRTUAL),
  ];
  const from = Date.now();
  const busy = new BusyLoops(loops, forSeconds);
  await sleep(forSeconds * 1000);
  await busy.end();
  // What the kernel reported late, because the watching programs had to wait for the processor too.
  await sleep(500);
  return watches.reduce((sum, watch) => sum + watch.additions(from), 0);
}
