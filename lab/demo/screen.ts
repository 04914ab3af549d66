import { styleText } from 'node:util';
import logUpdate from 'log-update';
import type { NodeName } from '../topology.ts';
import type { NodeStatus } from './node-commands.ts';
import { pair } from './set-up.ts';

export interface Picture {
  readonly nodes: Readonly<Record<NodeName, NodeStatus | undefined>>;
  readonly client: {
    readonly connected: boolean;
    readonly address: string | undefined;
    readonly questions: number;
  };
  /** Answers through the tunnel in the last second, and the longest silence since the last key, in ms. */
  readonly tunnel: { readonly answers: number; readonly gapMs: number };
  readonly addressGapMs: number;
  /** Where the pages are and who may sign in. */
  readonly pages: string;
  readonly message: string;
}

const keys = [
  ['p', 'power off the active node'],
  ['c', 'cut its cable'],
  ['f', 'freeze its heartbeat'],
  ['s', 'switch over'],
  ['b', 'bring everything back'],
  ['q', 'quit'],
] as const;

const indent = '  ';
const nameWidth = 17;
/** `ping` through the tunnel every 20 ms; its own overhead leaves a little less than 50 in a second. */
const fullTunnel = 40;

export function draw(picture: Picture): void {
  logUpdate(lines(picture, (process.stdout.columns ?? 80) - 1).join('\n'));
}

export function leave(): void {
  logUpdate.done();
}

/** Always as many lines, none wider than the terminal: what wraps cannot be drawn over. */
function lines(picture: Picture, columns: number): string[] {
  const { client, tunnel } = picture;
  const fit = (text: string): string => text.slice(0, Math.max(0, columns - indent.length - nameWidth));
  const row = (name: string, value: string): string => `${indent}${name.padEnd(nameWidth)}${value}`;
  const question = client.questions === 1 ? 'once' : `${client.questions} times`;
  const state = client.connected ? styleText('green', 'connected') : styleText('red', 'not connected');
  return [
    '',
    `${indent}${styleText('bold', 'Tandem')}  a pair with a real client, on this machine`,
    '',
    ...(['node-a', 'node-b'] as const).flatMap((name) => nodeLines(name, picture.nodes[name], fit, row)),
    '',
    row('client', `${state}, VPN address ${client.address ?? '-'}, password asked ${question}`),
    row('tunnel', `${bar(tunnel.answers, fullTunnel)} ${tunnel.answers} answers a second`),
    '',
    row(
      'since the key',
      `${pair.virtualAddress} was silent for at most ${milliseconds(picture.addressGapMs)}`,
    ),
    row('', `the tunnel was silent for at most ${milliseconds(tunnel.gapMs)}`),
    '',
    row('pages', fit(picture.pages)),
    '',
    `${indent}${picture.message.slice(0, columns - indent.length)}`,
    '',
    keyLine(keys.slice(0, 3)),
    keyLine(keys.slice(3)),
  ];
}

function nodeLines(
  name: NodeName,
  status: NodeStatus | undefined,
  fit: (text: string) => string,
  row: (name: string, value: string) => string,
): string[] {
  if (status === undefined) return [row(name, styleText('dim', 'does not answer')), ''];
  const role =
    status.role === 'active' ? styleText(['bold', 'green'], 'ACTIVE ') : styleText('cyan', 'standby');
  const held = status.virtualAddress?.held === true ? `holds ${pair.virtualAddress}` : '';
  const position = `data at ${status.position.epoch}.${status.position.sequence}`;
  const safe =
    status.role !== 'active'
      ? ''
      : status.protected
        ? styleText('green', 'protected')
        : styleText('yellow', 'NOT PROTECTED');
  const facts = [held, position, safe].filter((part) => part !== '').join('   ');
  return [row(name, `${role}  ${facts}`), row('', styleText('dim', fit(status.sentence)))];
}

function keyLine(some: readonly (readonly [string, string])[]): string {
  return `${indent}${some
    .map(([key, what]) => `${styleText('bold', key)} ${what.padEnd(25)}`)
    .join(' ')
    .trimEnd()}`;
}

function bar(value: number, of: number): string {
  const width = 25;
  const full = Math.round((Math.min(value, of) / of) * width);
  return `${'█'.repeat(full)}${'░'.repeat(width - full)}`;
}

function milliseconds(value: number): string {
  return `${Math.round(value)} ms`;
}
