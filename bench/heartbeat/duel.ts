import { VIRTUAL } from '../../tests/integration/heartbeat/node.ts';
import { type Host, Network, until } from '../../tests/integration/network.ts';
import { BOUND_MS, type Contender, type ContenderName, contender } from './contenders.ts';

export const ADDRESS: string = VIRTUAL.replace('/24', '');

/** Two nodes with the same program on one bridge, the first of them active, and a third machine that asks for the address. */
export interface Duel extends AsyncDisposable {
  readonly first: Host;
  readonly second: Host;
  readonly client: Host;
  readonly active: Contender;
  readonly standby: Contender;
}

/** Returns when the standby listens. */
export async function begin(name: ContenderName, intervalMs: number): Promise<Duel> {
  const network = await Network.create({
    first: '10.99.0.1/24',
    second: '10.99.0.2/24',
    client: '10.99.0.10/24',
  });
  const end = (): Promise<void> => network[Symbol.asyncDispose]();
  try {
    const active = contender(name, network, 'first', 0, intervalMs);
    const standby = contender(name, network, 'second', 1, intervalMs);
    const first = network.host('first');
    await active.start();
    await until(() => first.holds(VIRTUAL), BOUND_MS, `${name} is active`);
    await standby.start();
    await standby.listens();
    return {
      first,
      second: network.host('second'),
      client: network.host('client'),
      active,
      standby,
      [Symbol.asyncDispose]: end,
    };
  } catch (error) {
    await end();
    throw error;
  }
}

export function sleep(forMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, forMs));
}
