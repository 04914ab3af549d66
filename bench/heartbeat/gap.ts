import { VIRTUAL } from '../../tests/integration/heartbeat/node.ts';
import { until } from '../../tests/integration/network.ts';
import { BOUND_MS, type ContenderName } from './contenders.ts';
import { ADDRESS, begin, sleep } from './duel.ts';
import { Reachability } from './reachability.ts';

/** Milliseconds without an answer from the address when the active node loses power or is stopped gracefully. */
export async function gap(name: ContenderName, event: 'power' | 'stop', intervalMs: number): Promise<number> {
  await using duel = await begin(name, intervalMs);
  const reachability = new Reachability(duel.client, ADDRESS);
  await until(() => reachability.lastAnswerMs !== undefined, BOUND_MS, 'the address answers');
  // At any moment of the interval.
  await sleep(300 + Math.random() * intervalMs);
  const at = Date.now();
  if (event === 'power') await duel.active.losePower();
  else duel.active.signal('SIGTERM');
  await until(() => duel.second.holds(VIRTUAL), BOUND_MS, `the other ${name} is active`);
  const claimedAt = Date.now();
  await until(
    () => (reachability.lastAnswerMs ?? 0) > claimedAt + 100,
    BOUND_MS,
    'the address answers again',
  );
  reachability.stop();
  return reachability.longestSilenceMs(at);
}
