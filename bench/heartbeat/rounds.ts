import { VIRTUAL } from '../../tests/integration/heartbeat/node.ts';
import { Network, until } from '../../tests/integration/network.ts';
import { type ContenderName, contender } from './contenders.ts';
import { Reachability } from './reachability.ts';

/** `power`, `stop`: milliseconds of silence at the address. `kill`, `freeze`: how many hosts have it afterwards. */
export type Event = 'power' | 'stop' | 'kill' | 'freeze';

const BOUND_MS = 30_000;
const SIGNALS = { stop: 'SIGTERM', kill: 'SIGKILL', freeze: 'SIGSTOP' } as const;

/** One pair, one event, one figure. */
export async function round(name: ContenderName, event: Event, intervalMs: number): Promise<number> {
  await using network = await Network.create({
    first: '10.99.0.1/24',
    second: '10.99.0.2/24',
    client: '10.99.0.10/24',
  });
  const [first, second] = [network.host('first'), network.host('second')];
  const active = contender(name, network, 'first', 0, intervalMs);
  const standby = contender(name, network, 'second', 1, intervalMs);
  await active.start();
  await until(() => first.holds(VIRTUAL), BOUND_MS, `${name} is active`);
  await standby.start();
  await standby.listens();
  const reachability = new Reachability(network.host('client'), VIRTUAL.replace('/24', ''));
  await until(() => reachability.lastAnswerMs !== undefined, BOUND_MS, 'the address answers');
  // At any moment of the interval.
  await sleep(300 + Math.random() * intervalMs);
  const at = Date.now();
  if (event === 'power') await active.losePower();
  else active.signal(SIGNALS[event]);
  await until(() => second.holds(VIRTUAL), BOUND_MS, `the other ${name} is active`);
  if (event === 'kill' || event === 'freeze') {
    // The lease is 1 s up to 100 ms and 2 s at 1 s; from the last renewal, which was before the event.
    await sleep(Math.max(0, at + (intervalMs >= 1000 ? 2000 : 1000) + 200 - Date.now()));
    const holders = await Promise.all([first.holds(VIRTUAL), second.holds(VIRTUAL)]);
    return holders.filter((holds) => holds).length;
  }
  const claimedAt = Date.now();
  await until(
    () => (reachability.lastAnswerMs ?? 0) > claimedAt + 100,
    BOUND_MS,
    'the address answers again',
  );
  reachability.stop();
  return reachability.longestSilenceMs(at);
}

function sleep(forMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, forMs));
}
