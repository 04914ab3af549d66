import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { z } from 'zod';
import { statusSchema } from '../../api/contract.ts';
import {
  failoverViewSchema,
  type ValidationAnswer,
  validationAnswerSchema,
} from '../../api/failover-contract.ts';
import { readNodeConfig } from '../../settings/node.ts';
import { paths } from '../../settings/paths.ts';
import { productVersion } from '../../settings/product-version.ts';
import { callApi } from '../api-client.ts';
import { exitCode } from '../exit-codes.ts';
import { print, table } from '../output.ts';
import { addPairOptions, type PairOptions, readPairOptions } from '../pair-options.ts';

interface ValidateOptions extends PairOptions {
  readonly json?: true;
}

const askEveryMs = 300;
const protocolNames = { vrrp3: 'VRRP version 3', vrrp2: 'VRRP version 2', carp: 'CARP' } as const;
const marks = {
  pending: '…',
  good: 'GOOD',
  warning: 'WARNING',
  problem: 'PROBLEM',
  skipped: '-',
} as const;

/** `tandem validate`: what `failover set` would meet, row by row, without changing anything. */
export function addValidateCommand(program: Command): void {
  addPairOptions(
    program
      .command('validate')
      .description('look at everything that a pair needs, before it is made; changes nothing'),
  )
    .option('--json', 'print JSON')
    .action(async (options: ValidateOptions) => {
      await callApi('POST', '/failover/validation', await readPairOptions(options));
      const { rows } = await followed(options.json !== true);
      if (options.json === true) print(true, { rows }, () => '');
      if (rows.some(({ state }) => state === 'problem')) process.exitCode = exitCode.config;
    });
}

/** Prints each row as soon as it is known. */
async function followed(aloud: boolean): Promise<ValidationAnswer> {
  const said = new Set<string>();
  for (;;) {
    const answer = validationAnswerSchema.parse(await callApi('GET', '/failover/validation'));
    for (const { id, state, title, sentence, remedy } of answer.rows) {
      if (state === 'pending' || said.has(id)) continue;
      said.add(id);
      const line = `${marks[state].padEnd(8)} ${title}: ${sentence}`;
      if (aloud) process.stdout.write(remedy === null ? `${line}\n` : `${line}\n         → ${remedy}\n`);
    }
    if (!answer.running) return answer;
    await new Promise((resolve) => setTimeout(resolve, askEveryMs));
  }
}

/** Under `tandem failover`: the settings, a free number, and what the other node runs over SSH. */
export function addFailoverLooks(failover: Command): void {
  failover
    .command('show')
    .description('the settings of the pair, with how fast a takeover is noticed')
    .option('--json', 'print JSON')
    .action(async (options: { json?: true }) => {
      const view = failoverViewSchema.parse(await callApi('GET', '/failover'));
      print(options.json === true, view, () =>
        [
          `model            ${view.model === 'lan' ? 'LAN model (UCARP/VRRP)' : 'none: this node is alone'}`,
          `virtual address  ${view.virtualAddress ?? 'none'}`,
          ...(view.address6 === null ? [] : [`over IPv6        ${view.address6}`]),
          `VHID             ${view.vhid ?? 'none'}`,
          ...view.nodes.map(
            (one) =>
              `node             ${one.name} (${one.address}, ${one.interface}, priority ${one.priority}${one.second === null ? '' : `, second path ${one.second.interface} ${one.second.address}`})`,
          ),
          ...(view.model === 'none'
            ? []
            : [
                `heartbeat        ${protocolNames[view.protocol]}${view.virtualMac ? ', virtual MAC' : ''}`,
                `heartbeat over   ${[view.multicast ? 'multicast' : '', view.unicast ? 'unicast' : ''].filter((way) => way !== '').join(' and ')}`,
                `gateway          ${view.gateway ?? "as each node's own file says"}`,
                `taking over      ${view.takeover === 'always' ? 'always' : 'only with a copy that has every change (in-sync)'}`,
                `role taken back  ${view.preemptDelaySeconds === null ? 'never' : `after ${view.preemptDelaySeconds} s`}`,
              ]),
          '',
          table(
            ['TIMING', 'HEARTBEAT', 'NOTICED AFTER', 'CLIENTS AWAY', 'LEASE'],
            [...(view.timing === null ? [] : [{ ...view.timing, name: 'now' }]), ...view.presets].map(
              (one) => [
                one.name,
                `${one.advertisementIntervalMs} ms`,
                `${one.detectionMs} ms`,
                `${one.clientOutageMs} ms`,
                `${one.leaseSeconds} s`,
              ],
            ),
          ),
        ].join('\n'),
      );
    });

  failover
    .command('free-vhid')
    .description('listen to the LAN and pick a VHID that nobody uses')
    .option('--json', 'print JSON')
    .action(async (options: { json?: true }) => {
      const answer = z
        .object({ vhid: z.int(), used: z.array(z.int()) })
        .parse(await callApi('POST', '/failover/free-vhid'));
      print(options.json === true, answer, () =>
        answer.used.length === 0
          ? `${answer.vhid} is free; nobody else was heard.`
          : `${answer.vhid} is free; in use: ${answer.used.join(', ')}.`,
      );
    });

  // Run as root, by the supervisor on this node and by the primary node over SSH on the other; its request on standard input.
  failover.command('probe', { hidden: true }).action(async () => {
    const { probe } = await import('../../validation/probe.ts');
    const { probeRequestSchema } = await import('../../validation/contract.ts');
    const asked: unknown = JSON.parse(readFileSync(0, 'utf8'));
    const config = readNodeConfig(paths.nodeConfig);
    const request = probeRequestSchema.parse({ interface: config.interface, ...Object(asked) });
    const status = statusSchema.parse(await callApi('GET', '/status'));
    const answer = {
      probe: await probe(request, productVersion()),
      // A failover node that serves alone was left by its primary for good and is one itself.
      node: {
        name: config.name,
        start: status.role === 'active' ? 'primary' : config.start,
        paired: status.peer?.name ?? null,
      },
    };
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  });
}
