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
  /** Answers through the tunnel in the last second, of 50; and the longest silence since the last key, in ms. */
  readonly tunnel: { readonly answers: number; readonly gapMs: number };
  readonly addressGapMs: number;
  readonly message: string;
}

const keys = [
  ['p', 'power off the active node'],
  ['c', "cut the active node's cable"],
  ['f', "freeze the active node's heartbeat"],
  ['s', 'switch over'],
  ['b', 'bring everything back'],
  ['q', 'quit'],
] as const;

export function draw(picture: Picture): void {
  logUpdate(lines(picture).join('\n'));
}

export function leave(): void {
  logUpdate.done();
}

function lines(picture: Picture): string[] {
  const { client, tunnel } = picture;
  return [
    '',
    `  ${styleText('bold', 'Tandem')}  a pair with a real client, on this machine`,
    '',
    ...(['node-a', 'node-b'] as const).flatMap((name) => nodeLines(name, picture.nodes[name])),
    `  virtual address  ${pair.virtualAddress}   longest silence since the last key: ${milliseconds(picture.addressGapMs)}`,
    `  client           ${client.connected ? styleText('green', 'connected') : styleText('red', 'not connected')}, VPN address ${client.address ?? '-'}, password asked ${client.questions}×`,
    `  tunnel           ${bar(tunnel.answers, 50)} ${tunnel.answers}/50 pings answered, longest silence since the last key: ${milliseconds(tunnel.gapMs)}`,
    '',
    `  ${picture.message}`,
    '',
    `  ${keys.map(([key, what]) => `${styleText('bold', key)} ${what}`).join('   ')}`,
  ];
}

function nodeLines(name: NodeName, status: NodeStatus | undefined): string[] {
  if (status === undefined) return [`  ${name}           ${styleText('dim', 'does not answer')}`, ''];
  const role =
    status.role === 'active' ? styleText(['bold', 'green'], 'ACTIVE ') : styleText('cyan', 'standby');
  const held = status.virtualAddress?.held === true ? `holds ${pair.virtualAddress}` : '';
  const position = `copy at ${status.position.epoch}.${status.position.sequence}`;
  const safe =
    status.role !== 'active'
      ? ''
      : status.protected
        ? styleText('green', 'protected')
        : styleText('yellow', 'NOT PROTECTED');
  return [
    `  ${name}           ${role}  ${[held, position, safe].filter((part) => part !== '').join('   ')}`,
    `                   ${styleText('dim', status.sentence)}`,
  ];
}

function bar(value: number, of: number): string {
  const width = 25;
  const full = Math.round((Math.min(value, of) / of) * width);
  return `${'█'.repeat(full)}${'░'.repeat(width - full)}`;
}

function milliseconds(value: number): string {
  return `${Math.round(value)} ms`;
}
