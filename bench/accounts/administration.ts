import { callApi } from '../../src/cli/api-client.ts';

export interface Account {
  readonly user: string;
  readonly password: string;
  readonly profile: string;
}

export interface Administered {
  /** Milliseconds of each request over the API's socket, by what was asked; of the changes the last hundred, when nearly all are there. */
  readonly times: Readonly<Record<string, readonly number[]>>;
  /** As many as were asked for. */
  readonly accounts: readonly Account[];
}

const asked = 100;
const password = 'tall ships sail at seven';

/** On a node: makes users, each with a profile, then lists all and changes some. */
export async function administer(users: number, accountsWanted: number): Promise<Administered> {
  const accounts: Account[] = [];
  const times = {
    'creating a user': [] as number[],
    'creating a profile': [] as number[],
    'listing all': [] as number[],
    'changing one': [] as number[],
  };
  for (let number = 1; number <= users; number += 1) {
    const user = `user${number}`;
    const late = number > users - asked;
    const add = () => callApi('POST', '/users', { name: user, password });
    const get = () => callApi('POST', `/users/${user}/profiles`, { name: 'default' });
    await timed(add, late ? times['creating a user'] : []);
    const { profile } = (await timed(get, late ? times['creating a profile'] : [])) as { profile: string };
    if (accounts.length < accountsWanted) accounts.push({ user, password, profile });
  }
  for (let number = 1; number <= asked; number += 1) {
    await timed(() => callApi('GET', '/users'), times['listing all']);
    const routes = [`10.77.${number}.0/24`];
    await timed(() => callApi('PATCH', `/users/user${number}`, { routes }), times['changing one']);
  }
  return { times, accounts };
}

async function timed<T>(work: () => Promise<T>, into: number[]): Promise<T> {
  const from = performance.now();
  const result = await work();
  into.push(performance.now() - from);
  return result;
}
