import { writeFileSync } from 'node:fs';
import { styleText } from 'node:util';
import { Command } from 'commander';
import { Lab } from '../lab.ts';
import { InnerConnection } from './inner-connection.ts';
import { live } from './live.ts';
import { type PageProxy, proxyPages } from './page-proxy.ts';
import { type Promised, Promises } from './promises.ts';
import { addUser, pair, profileOf } from './set-up.ts';
import { type Administrator, setUpInPerson } from './set-up-in-person.ts';
import {
  checkMove,
  checkReturn,
  comeBack,
  type Figures,
  powerLoss,
  startWatching,
  stopWatching,
  switchover,
  type Watchers,
} from './story.ts';

const program = new Command('demo')
  .description('A whole pair with a real OpenVPN client, in network namespaces on this machine')
  .option('--once', 'tell the story unattended; exit code 0 only if every promise was kept')
  .option('--json <file>', 'with --once: write the figures to a file')
  .parse();
const options = program.opts<{ once?: true; json?: string }>();

if (options.once !== true && !process.stdin.isTTY) {
  process.stderr.write(
    'demo: this is not a terminal, so no keys can be pressed.\n  Run: sudo ./demo --once\n',
  );
  process.exit(64);
}

let starting: Promise<Lab> | undefined;
let pages: PageProxy | undefined;
let leaving = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => void leave(130));
}

try {
  say('starting the hosts: two nodes, a gateway, an office server, two clients');
  starting = Lab.up({ clients: 2, onProgress: say });
  const lab = await starting;
  const administrator = await setUpInPerson(lab, say);
  await InnerConnection.serve(lab, 'office');
  say('alice gets an account and a profile, and connects from the Internet side');
  const { password } = await addUser(lab, 'node-a', 'alice');
  const watchers = await startWatching(lab, {
    user: 'alice',
    password,
    profile: await profileOf(lab, 'node-a', 'alice'),
  });
  const code =
    options.once === true ? await once(lab, watchers) : await interactive(lab, watchers, administrator);
  await stopWatching(watchers);
  await leave(code);
} catch (error) {
  process.stderr.write(`demo: ${error instanceof Error ? error.message : String(error)}\n`);
  if (error instanceof Error && 'hint' in error) process.stderr.write(`  ${error.hint}\n`);
  await leave(error instanceof Error && 'exitCode' in error ? Number(error.exitCode) : 1);
}

async function interactive(
  running: Lab,
  watchers: Watchers,
  { name, password }: Administrator,
): Promise<number> {
  pages = await proxyPages(running, { port: 9443, target: pair.virtualAddress, targetPort: pair.pagesPort });
  await live(running, watchers, `${pages.url}, user ${name}, password ${password}`);
  return 0;
}

async function once(running: Lab, watchers: Watchers): Promise<number> {
  const promises = new Promises(showPromise);
  say('node-a loses its power');
  const power = await powerLoss(running, watchers, 'node-a', 'node-b');
  checkMove(promises, 'power loss', power);
  say('node-a gets its power back');
  const returned = await comeBack(running, 'node-a', 'node-b');
  checkReturn(promises, returned);
  say('node-b hands over: tandem switchover');
  const planned = await switchover(running, watchers, 'node-b', 'node-a');
  checkMove(promises, 'switchover', planned);

  const figures: Figures = { powerLoss: power, switchover: planned, return: returned };
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(figures, null, 2)}\n`);
  const { broken } = promises;
  process.stdout.write(
    broken.length === 0
      ? `\nEvery promise was kept (${promises.all.length}), at a heartbeat every ${pair.advertisementIntervalMs} ms.\n`
      : `\n${broken.length} of ${promises.all.length} promises were BROKEN:\n${broken.map((one) => `  ${one.what}: ${one.measured}`).join('\n')}\n`,
  );
  return broken.length === 0 ? 0 : 1;
}

function showPromise(promised: Promised): void {
  const mark = promised.kept ? styleText('green', '✓') : styleText('red', '✗');
  process.stdout.write(`  ${mark} ${promised.what}: ${promised.measured}\n`);
}

function say(what: string): void {
  process.stdout.write(`${styleText('dim', '…')} ${what}\n`);
}

/** Takes the lab down, whatever happened, once. */
async function leave(code: number): Promise<void> {
  if (leaving) return;
  leaving = true;
  pages?.close();
  // A lab that is still being brought up is waited for: only a whole one can be taken down whole.
  const lab = await starting?.catch(() => undefined);
  if (lab !== undefined) {
    say('taking everything down');
    await lab.down();
  }
  process.exit(code);
}
