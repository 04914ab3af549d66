import { Command, CommanderError } from 'commander';
import { exitCodes, LabError } from './errors.ts';
import { Lab } from './lab.ts';
import { exitCode } from './program.ts';
import { defaultStateDirectory } from './state.ts';

const program = new Command('lab')
  .description('Two nodes, a LAN, a gateway, an office server and clients in namespaces on this machine.')
  .option('--state <dir>', 'state directory', process.env['TANDEM_LAB_STATE'] ?? defaultStateDirectory)
  .enablePositionalOptions()
  .exitOverride();

/** Options may stand before or after the command's name. */
function command(nameAndArguments: string, description: string): Command {
  return program
    .command(nameAndArguments)
    .description(description)
    .option('--state <dir>', 'state directory');
}

function stateOf(self: Command): string {
  return (self.opts()['state'] as string | undefined) ?? (program.opts()['state'] as string);
}

command('up', 'bring the lab up')
  .option('--clients <n>', 'number of clients', '1')
  .action(async (_options, self: Command) => {
    const started = performance.now();
    const say = (line: string): boolean => process.stderr.write(`lab: ${line}\n`);
    const clients = Number(self.opts()['clients']);
    await Lab.up({ clients, stateDir: stateOf(self), detached: true, onProgress: say });
    say(`up after ${((performance.now() - started) / 1000).toFixed(1)} s; remove it with lab/lab down`);
  });

command('exec <host> <command...>', 'run a command in a host: lab exec node-a -- ip address')
  .passThroughOptions()
  .action(async (host: string, words: string[], _options, self: Command) => {
    const argv = words[0] === '--' ? words.slice(1) : words;
    const child = Lab.open(stateOf(self)).spawn(host, argv, { stdio: 'inherit' });
    for (const name of ['SIGTERM', 'SIGHUP'] as const) process.on(name, () => child.kill(name));
    process.on('SIGINT', () => undefined); // the terminal sends it to the command as well
    process.exitCode = await new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code, signal) => resolve(exitCode(code, signal)));
    });
  });

const hostVerbs: readonly (readonly [string, string, (lab: Lab, host: string) => Promise<void>])[] = [
  ['power-off', 'power loss: everything in the host dies at once', (lab, host) => lab.powerOff(host)],
  ['power-on', 'switch a host on again', (lab, host) => lab.powerOn(host)],
  ['cut', 'pull the cable of eth0', (lab, host) => lab.cut(host)],
  ['mend', 'plug the cable in again', (lab, host) => lab.mend(host)],
  ['freeze', 'stop every process of a host', (lab, host) => lab.freeze(host)],
  ['thaw', 'let them go on', (lab, host) => lab.thaw(host)],
];
for (const [name, description, action] of hostVerbs) {
  command(`${name} <host>`, description).action((host: string, _options, self: Command) =>
    action(Lab.open(stateOf(self)), host),
  );
}

command('split', 'no traffic between the two nodes').action((_options, self: Command) =>
  Lab.open(stateOf(self)).split(),
);
command('heal', 'end the split').action((_options, self: Command) => Lab.open(stateOf(self)).heal());

command('ls', 'hosts, addresses, namespaces')
  .option('--json', 'as one JSON object')
  .action((_options, self: Command) => {
    const listing = Lab.open(stateOf(self)).list();
    if (self.opts()['json'] === true) {
      process.stdout.write(`${JSON.stringify(listing, undefined, 2)}\n`);
      return;
    }
    for (const { name, power, cut, frozen, pid, interfaces } of listing.hosts) {
      const addresses = interfaces.map(({ address }) => address).join(' ');
      const faults = [cut ? 'cut' : '', frozen ? 'frozen' : ''].filter(Boolean).join(' ');
      process.stdout.write(
        `${name.padEnd(12)}${power.padEnd(5)}${String(pid ?? '-').padEnd(9)}${addresses}  ${faults}\n`,
      );
    }
  });

command('down', 'remove the lab and everything in it').action((_options, self: Command) =>
  Lab.remove(stateOf(self)),
);

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error);
}

function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes.usage;
  if (error instanceof LabError) {
    process.stderr.write(`lab: ${error.message}; ${error.hint}\n`);
    return error.exitCode;
  }
  process.stderr.write(`lab: ${error instanceof Error ? error.message : String(error)}\n`);
  return exitCodes.internal;
}
