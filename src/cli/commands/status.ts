import type { Command } from 'commander';
import { type StatusView, statusSchema } from '../../api/contract.ts';
import { callApi } from '../api-client.ts';
import { print } from '../output.ts';

export function addStatusCommand(program: Command): void {
  program
    .command('status')
    .description('who is active, whether every change is on both nodes, and what to look at')
    .option('--json', 'print JSON')
    .action(async (options: { json?: true }) => {
      const status = statusSchema.parse(await callApi('GET', '/status'));
      print(options.json === true, status, () => words(status));
    });
}

function words(status: StatusView): string {
  const lines = [
    status.sentence,
    '',
    `node             ${status.node} (${status.address})`,
    `role             ${status.role}, epoch ${status.epoch}`,
    `protected        ${status.protected ? `yes, since ${status.peer?.protectedSince ?? 'a moment ago'}` : 'no'}`,
    `position         ${status.position.epoch}.${status.position.sequence}`,
    `virtual address  ${virtualAddress(status)}`,
    `peer             ${peer(status)}`,
    `verified         ${status.verification === null ? 'not yet' : `${status.verification.at}: ${status.verification.sentence}`}`,
    ...status.openvpn.map(
      (one) =>
        `openvpn          ${one.name} port ${one.port}, ${one.pid === null ? 'NOT RUNNING' : `${one.clients} client(s)`}`,
    ),
    ...status.warnings.map((warning) => `warning          ${warning}`),
    ...status.advice.map((advice) => `advice           ${advice}`),
  ];
  return lines.join('\n');
}

function virtualAddress(status: StatusView): string {
  if (status.virtualAddress === null) return 'none: this node is alone';
  return `${status.virtualAddress.address}, ${status.virtualAddress.held ? 'held by this node' : 'not on this node'}`;
}

function peer(status: StatusView): string {
  if (status.peer === null) return 'none';
  const copy =
    status.peer.lagEntries === null
      ? ''
      : `, ${status.peer.lagEntries} change(s) and ${status.peer.lagMs} ms behind`;
  return `${status.peer.name} (${status.peer.address}), ${status.peer.connected ? 'connected' : 'NOT CONNECTED'}${copy}`;
}
