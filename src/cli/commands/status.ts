import type { Command } from 'commander';
import { type StatusView, statusSchema } from '../../api/contract.ts';
import type { FollowerView } from '../../api/follower-contract.ts';
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
  if (status.role === 'follower') return followerWords(status);
  const lines = [
    status.sentence,
    '',
    `node             ${status.node} (${status.address})`,
    `role             ${status.role}, epoch ${status.epoch}`,
    `protected        ${status.protected ? `yes, since ${status.peer?.protectedSince ?? 'a moment ago'}` : 'no'}`,
    `position         ${status.position.epoch}.${status.position.sequence}`,
    `virtual address  ${virtualAddress(status)}`,
    `peer             ${peer(status)}`,
    ...(status.peer === null || status.role !== 'active'
      ? []
      : [`takeover         ${status.peer.readiness}`]),
    `verified         ${status.verification === null ? 'not yet' : `${status.verification.at}: ${status.verification.sentence}`}`,
    ...status.followers.map((one) => `follower         ${followerLine(status, one)}`),
    ...status.openvpn.map(
      (one) =>
        `openvpn          ${one.name} port ${one.port}, ${one.pid === null ? 'NOT RUNNING' : `${one.clients} client(s)`}`,
    ),
    ...status.warnings.map((warning) => `warning          ${warning}`),
    ...status.advice.map((advice) => `advice           ${advice}`),
  ];
  return lines.join('\n');
}

function followerWords(status: StatusView): string {
  const { following, position, verification } = status;
  const source = following === null ? 'nobody yet' : `${following.source ?? 'not reached yet'}`;
  const place = following === null ? '' : ` at ${following.host}:${following.port}`;
  return [
    status.sentence,
    '',
    `node             ${status.node} (${status.address})`,
    'role             follower, read-only',
    `follows          ${source}${place}${following?.connected === false ? ', NOT CONNECTED' : ''}`,
    `position         ${position.epoch}.${position.sequence}${following?.lastAppliedAt ? `, changed ${following.lastAppliedAt}` : ''}`,
    `verified         ${verification === null ? 'not yet' : `${verification.at}: ${verification.sentence}`}`,
    ...status.warnings.map((warning) => `warning          ${warning}`),
  ].join('\n');
}

/** How far one is, where that is known: at the active node. */
function followerLine({ role }: StatusView, one: FollowerView): string {
  if (role !== 'active' || !one.connected || one.lagEntries === null) return one.sentence;
  return `${one.name}, connected, ${one.lagEntries} change(s)${one.lagMs === null ? '' : ` and ${one.lagMs} ms`} behind`;
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
