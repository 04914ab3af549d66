import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import {
  type VpnSettingsChangeAnswer,
  type VpnSettingsView,
  vpnSettingsChangeAnswerSchema,
  vpnSettingsViewSchema,
} from '../../api/settings-contract.ts';
import { TandemError } from '../../core/errors.ts';
import { callApi } from '../api-client.ts';
import { print, table } from '../output.ts';
import { protectionNote } from './protection.ts';

type Tree = Readonly<Record<string, unknown>>;

export function addSettingsCommands(program: Command): void {
  const settings = program
    .command('settings')
    .description('the VPN: ports, networks, routes, DNS, keepalive, passwords, directives');

  settings
    .command('get [name]')
    .description('show the settings, or those under one name such as tcp or keepalive.ping')
    .option('--json', 'print JSON')
    .action(async (name: string | undefined, options: { json?: true }) => {
      const view = vpnSettingsViewSchema.parse(await callApi('GET', '/settings/vpn'));
      const chosen = name === undefined ? view.settings : at(view.settings, name);
      print(options.json === true, name === undefined ? view : chosen, () => words(view, name ?? ''));
    });

  settings
    .command('set <name=value...>')
    .description(
      'change settings: tcp.enabled=yes dns=10.0.0.53,10.0.0.54 keepalive=balanced directives.client=@FILE; says what that interrupts',
    )
    .option('--dry-run', 'only say what would happen')
    .option('--json', 'print JSON')
    .action(async (assignments: string[], options: { dryRun?: true; json?: true }) => {
      const view = vpnSettingsViewSchema.parse(await callApi('GET', '/settings/vpn'));
      const patch = assignments.reduce<Tree>((tree, one) => withAssignment(tree, one, view), {});
      const body = { settings: patch, dryRun: options.dryRun === true };
      const answer = vpnSettingsChangeAnswerSchema.parse(await callApi('PATCH', '/settings/vpn', body));
      print(options.json === true, answer, () => changeWords(answer, options.dryRun === true));
    });
}

function changeWords(answer: VpnSettingsChangeAnswer, dryRun: boolean): string {
  const what = answer.consequences.map(
    (one) =>
      `  ${one.interrupts ? '!' : '-'} ${one.words}${one.interrupts ? ` (${one.clients} connected now)` : ''}`,
  );
  if (dryRun)
    return ['Nothing was changed. It would mean:', ...(what.length > 0 ? what : ['  - nothing'])].join('\n');
  if (!answer.applied) return 'The settings were like that already; nothing was changed.';
  return [`Settings changed${protectionNote(answer)}.`, ...what].join('\n');
}

function words(view: VpnSettingsView, under: string): string {
  const rows = leaves(view.settings, '')
    .filter(([name]) => under === '' || name === under || name.startsWith(`${under}.`))
    .map(([name, value]) => [name, shown(value)]);
  const { longestOutageSeconds, presets } = view.keepalive;
  const lines = [table(['SETTING', 'VALUE'], rows)];
  if (under === '' || under.startsWith('keepalive')) {
    lines.push(
      '',
      `keepalive: a client that cannot be called back is away for at most ${longestOutageSeconds} s at a takeover. Choices:`,
      table(
        ['  keepalive=', 'PING', 'RESTART', 'AWAY AT MOST', 'PINGS AN HOUR', 'SUITS'],
        presets.map((one) => [
          `  ${one.name}`,
          `${one.ping} s`,
          `${one.restart} s`,
          `${one.longestOutageSeconds} s`,
          String(one.pingsPerHour),
          one.suits,
        ]),
      ),
    );
  }
  return lines.join('\n');
}

/** What stands under each dotted name. */
function leaves(value: unknown, name: string): [name: string, value: unknown][] {
  if (!isTree(value)) return [[name, value]];
  return Object.entries(value).flatMap(([key, part]) => leaves(part, name === '' ? key : `${name}.${key}`));
}

function shown(value: unknown): string {
  if (!Array.isArray(value)) return value === '' ? '-' : String(value).replaceAll('\n', '; ');
  return value.map((one) => (isTree(one) ? Object.values(one).join('=') : String(one))).join(',') || '-';
}

function at(settings: unknown, name: string): unknown {
  let value = settings;
  for (const key of name.split('.')) {
    if (!isTree(value) || !(key in value)) throw unknownSetting(name);
    value = value[key];
  }
  return value;
}

function withAssignment(tree: Tree, assignment: string, view: VpnSettingsView): Tree {
  const equals = assignment.indexOf('=');
  const [name, text] = [assignment.slice(0, equals), assignment.slice(equals + 1)];
  if (equals < 1) throw unknownSetting(assignment);
  const value = readValue(at(view.settings, name), text, name, view);
  const keys = name.split('.');
  const put = (part: Tree, [key = '', ...rest]: string[]): Tree => {
    const inner = part[key];
    return { ...part, [key]: rest.length === 0 ? value : put(isTree(inner) ? inner : {}, rest) };
  };
  return put(tree, keys);
}

/** Read as what is there now: a switch, a number, a list or a text. */
function readValue(current: unknown, text: string, name: string, view: VpnSettingsView): unknown {
  if (name === 'keepalive') {
    const preset = view.keepalive.presets.find((one) => one.name === text);
    if (preset === undefined)
      throw wrongValue(
        name,
        text,
        view.keepalive.presets.map((one) => one.name),
      );
    return { ping: preset.ping, restart: preset.restart };
  }
  if (name === 'servers') return listOf(text).map(serverOf);
  if (typeof current === 'boolean') {
    if (/^(yes|on|true)$/.test(text)) return true;
    if (/^(no|off|false)$/.test(text)) return false;
    throw wrongValue(name, text, ['yes', 'no']);
  }
  if (typeof current === 'number') {
    if (/^\d+$/.test(text)) return Number(text);
    throw wrongValue(name, text, ['a whole number']);
  }
  if (Array.isArray(current)) return listOf(text);
  if (isTree(current))
    throw wrongValue(
      name,
      text,
      Object.keys(current).map((key) => `${name}.${key}=…`),
    );
  return text.startsWith('@') ? readFileSync(text === '@-' ? 0 : text.slice(1), 'utf8') : text;
}

function serverOf(text: string): { host: string; weight: number } {
  const [host = '', weight = '1'] = text.split('=');
  return { host, weight: Number(weight) };
}

function listOf(text: string): string[] {
  return text === '' ? [] : text.split(',').map((part) => part.trim());
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function unknownSetting(name: string): TandemError {
  return new TandemError({
    code: 'cli.unknown-setting',
    culprit: 'caller',
    message: `There is no setting ${JSON.stringify(name)}.`,
    hint: 'See what there is: tandem settings get; write a change as name=value',
  });
}

function wrongValue(name: string, text: string, choices: readonly string[]): TandemError {
  return new TandemError({
    code: 'cli.wrong-value',
    culprit: 'caller',
    message: `${JSON.stringify(text)} cannot be the value of ${name}.`,
    hint: `It is: ${choices.join(', ')}`,
  });
}
