import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TandemError } from '../../core/errors.ts';
import { badDirective, checkedDirectives, directiveLines } from './directives.ts';

const boundMs = 10_000;
const lookMs = 20;
const longestOutput = 65_536;

/**
 * Has a real OpenVPN read the free server directives beside lines like those of a server, without starting anything.
 * @throws TandemError `settings.directive` with the line and OpenVPN's own reason, `settings.no-openvpn`
 */
export async function tryServerDirectives(text: string): Promise<void> {
  checkedDirectives(text);
  const base = [
    'dev tun',
    'mode server',
    'tls-server',
    'topology subnet',
    'dh none',
    'ifconfig 10.0.0.1 255.255.255.0',
  ];
  await tryLines(base, directiveLines(text));
}

/** The same for the free directives of profiles. @throws as above */
export async function tryClientDirectives(text: string): Promise<void> {
  await tryLines(
    ['client', 'dev tun', 'nobind', 'remote 127.0.0.1 9 udp', 'auth-user-pass', 'management-query-passwords'],
    directiveLines(text),
  );
}

type Line = ReturnType<typeof directiveLines>[number];

/** The first line that OpenVPN does not take by itself is the one to name; else it is the last, beside the others. */
async function tryLines(base: readonly string[], lines: readonly Line[]): Promise<void> {
  const last = lines.at(-1);
  if (last === undefined) return;
  const complaint = await complaintAbout([...base, ...lines.map(({ words }) => words)]);
  if (complaint === undefined) return;
  for (const one of lines) {
    const alone = await complaintAbout([...base, one.words]);
    if (alone !== undefined) throw badDirective(one.number, one.words, `OpenVPN says: ${alone}`);
  }
  throw badDirective(last.number, last.words, `OpenVPN says of all of them together: ${complaint}`);
}

/**
 * OpenVPN's reason against a configuration; undefined when it takes it. It reads and checks everything, opens its
 * management socket and waits there (`management-hold`) before it would touch a device or a port: so far it gets with
 * lines that can be, and no further.
 */
async function complaintAbout(lines: readonly string[]): Promise<string | undefined> {
  const directory = mkdtempSync(join(tmpdir(), 'tandem-trial-'));
  try {
    const socket = join(directory, 'management.sock');
    const keys = ['ca', 'cert', 'key'].map((name) => {
      writeFileSync(join(directory, name), '', { mode: 0o600 });
      return `${name} ${join(directory, name)}`;
    });
    const config = join(directory, 'config');
    const rest = [...keys, `management ${socket} unix`, 'management-hold', 'verb 1'];
    writeFileSync(config, `${[...rest, ...lines].join('\n')}\n`, { mode: 0o600 });
    const output = await outputOf(config, socket);
    return output === undefined ? undefined : reasonIn(output);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Undefined when OpenVPN took the file. */
function outputOf(config: string, socket: string): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const child = spawn('openvpn', ['--config', config], {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: boundMs,
    });
    let output = '';
    let taken = false;
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('latin1').on('data', (part: string) => {
        if (output.length < longestOutput) output += part;
      });
    }
    const look = setInterval(() => {
      const connection = createConnection(socket);
      connection.on('error', () => undefined);
      connection.on('connect', () => {
        taken = true;
        connection.destroy();
        child.kill('SIGKILL');
      });
    }, lookMs);
    child.on('error', (cause) => {
      clearInterval(look);
      reject(missing(cause));
    });
    child.on('close', () => {
      clearInterval(look);
      resolve(taken ? undefined : output);
    });
  });
}

function reasonIn(output: string): string {
  const lines = output.trim().split('\n');
  const told = lines.findLast((line) => /error:/i.test(line)) ?? lines.at(-1) ?? 'nothing';
  return told
    .replace(/^\d{4}-\d\d-\d\d [\d:]+ /, '')
    .replace(/ in [^\s:]*:\d+/, '')
    .slice(0, 300);
}

function missing(cause: Error): TandemError {
  return new TandemError({
    code: 'settings.no-openvpn',
    culprit: 'operator',
    message: `The directives cannot be checked, because openvpn cannot be run: ${cause.message}`,
    hint: 'Install it: apt-get install openvpn',
    cause,
  });
}
