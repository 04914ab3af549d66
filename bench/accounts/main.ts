import { parseArgs } from 'node:util';
import { setUpPair } from '../../lab/demo/set-up.ts';
import { Lab } from '../../lab/lab.ts';
import { type Administered, administer } from './administration.ts';
import { storm } from './storm.ts';

const { values: options } = parseArgs({
  options: {
    users: { type: 'string', default: '1000' },
    /** How many of them log in at once. */
    storm: { type: 'string', default: '200' },
    quick: { type: 'boolean', default: false },
    /** This program runs in the active node, and administers. */
    inside: { type: 'boolean', default: false },
  },
});
const users = options.quick ? 100 : Number(options.users);
const crowd = options.quick ? 20 : Number(options.storm);

if (options.inside) {
  process.stdout.write(JSON.stringify(await administer(users, crowd)));
} else {
  const lab = await Lab.up({ clients: 1, stateDir: '/var/lib/tandem-bench-accounts' });
  try {
    await setUpPair(lab, () => undefined);
    const words = ['--inside', '--users', String(users), '--storm', String(crowd)];
    const node = '/opt/tandem/node_modules/.bin/node';
    const program = [node, '--disable-warning=ExperimentalWarning', '/opt/tandem/bench/accounts/main.ts'];
    const done = await lab.exec('node-a', [...program, ...words], { timeoutMs: 600_000 });
    if (done.code !== 0) throw new Error(done.stderr);
    const { times, accounts } = JSON.parse(done.stdout) as Administered;
    for (const [what, all] of Object.entries(times)) say(`${what}, ms`, all);
    const { afterSeconds, troubles } = await storm(lab, 'client-1', accounts);
    say(`${crowd} logins with passwords at once: s until each is in`, afterSeconds);
    process.stdout.write(
      `missing: ${crowd - afterSeconds.length}; refusals, time-outs and repeated attempts: ${troubles}\n`,
    );
  } finally {
    await lab.down();
  }
}

function say(what: string, values: readonly number[]): void {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (part: number): string =>
    (sorted[Math.floor((sorted.length - 1) * part)] ?? Number.NaN).toFixed(1);
  process.stdout.write(`${what}: median ${at(0.5)}, p95 ${at(0.95)}, max ${at(1)} (${sorted.length})\n`);
}
