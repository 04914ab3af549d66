import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { TandemError } from '../core/errors.ts';
import { parseAddress } from '../core/net/address.ts';
import { toMilliseconds, toSeconds } from '../core/time/duration.ts';
import { activeDownInterval } from '../core/vrrp/timers.ts';
import { loadConfig } from './config/load.ts';
import { virtualRouter } from './config/virtual-router.ts';
import { ask } from './control/client.ts';
import { replay } from './replay.ts';
import { run } from './run.ts';

const USAGE = `usage: tandem heartbeat run --config FILE [--record FILE]
       tandem heartbeat status --socket PATH
       tandem heartbeat check --config FILE
       tandem heartbeat replay FILE
`;

/** Exit codes of sysexits.h. */
const EXIT = {
  ok: 0,
  usage: 64,
  badData: 65,
  unavailable: 69,
  internal: 70,
  cannotCreate: 73,
  noPermission: 77,
  config: 78,
} as const;

/** The words after `tandem heartbeat`; returns the exit code. `run` returns when the heartbeat has ended. */
export async function heartbeatCommand(argv: readonly string[]): Promise<number> {
  try {
    const { positionals, values } = parse(argv);
    const [verb, file, ...more] = positionals;
    if (more.length > 0 || (file !== undefined && verb !== 'replay')) throw notACommand(argv);
    if (verb === 'run' && values.config !== undefined) await run(values.config, values.record);
    else if (verb === 'check' && values.config !== undefined) check(values.config);
    else if (verb === 'status' && values.socket !== undefined) await status(values.socket);
    else if (verb === 'replay' && file !== undefined) await printReplay(file);
    else throw notACommand(argv);
    return EXIT.ok;
  } catch (error) {
    return report(error);
  }
}

function parse(argv: readonly string[]): {
  positionals: string[];
  values: { config?: string; socket?: string; record?: string };
} {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: { config: { type: 'string' }, socket: { type: 'string' }, record: { type: 'string' } },
    });
  } catch (cause) {
    throw usageError((cause as Error).message);
  }
}

function check(file: string): void {
  const config = loadConfig(file);
  const anySource = parseAddress('0.0.0.0');
  if (anySource === undefined) throw new TypeError('0.0.0.0 is an address');
  const router = virtualRouter(config, anySource);
  const down = activeDownInterval(router, router.interval);
  process.stdout.write(
    `${file}: good; takes over after ${Math.round(toMilliseconds(down))} ms of silence, the address is leased for ${toSeconds(router.lease)} s\n`,
  );
}

async function status(socket: string): Promise<void> {
  process.stdout.write(`${JSON.stringify(await ask(socket, { command: 'status' }))}\n`);
}

function notACommand(argv: readonly string[]): TandemError {
  return usageError(`"tandem heartbeat ${argv.join(' ')}" is not a whole command`);
}

async function printReplay(file: string): Promise<void> {
  if (!existsSync(file)) throw usageError(`there is no file ${file}`);
  for await (const line of replay(file)) process.stdout.write(`${line}\n`);
}

function usageError(message: string): TandemError {
  return new TandemError({ code: 'heartbeat.usage', culprit: 'operator', message, hint: USAGE.trimEnd() });
}

/** One line with what happened and the next step; never a stack. */
function report(error: unknown): number {
  if (!(error instanceof TandemError)) {
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`tandem heartbeat: internal error: ${message}; please report it\n`);
    return EXIT.internal;
  }
  const separator = error.code === 'heartbeat.usage' ? '\n' : '; ';
  process.stderr.write(`tandem heartbeat: ${error.message}${separator}${error.hint}\n`);
  return exitCode(error.code);
}

function exitCode(code: string): number {
  if (/\.(eperm|eacces)$/.test(code)) return EXIT.noPermission;
  if (code === 'heartbeat.replay.not-a-recording') return EXIT.badData;
  if (code === 'heartbeat.usage') return EXIT.usage;
  if (code === 'heartbeat.unavailable' || code === 'heartbeat.interface-gone') return EXIT.unavailable;
  if (/^heartbeat\.(control|already-running|address-taken)/.test(code)) return EXIT.cannotCreate;
  if (/^(heartbeat|linux\.no-interface)/.test(code)) return EXIT.config;
  return EXIT.internal;
}
