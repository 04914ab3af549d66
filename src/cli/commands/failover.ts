import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { z } from 'zod';
import { failoverAnswerSchema } from '../../api/contract.ts';
import { TandemError } from '../../core/errors.ts';
import { callApi } from '../api-client.ts';
import { print } from '../output.ts';
import { readSecret } from '../secret-input.ts';
import { protectionNote } from './protection.ts';

interface SetOptions {
  virtualAddress: string;
  vhid: string;
  peer: string;
  peerUser: string;
  peerPort: string;
  peerPasswordFile?: string;
  intervalMs: string;
  leaseSeconds: string;
  json?: true;
}

export function addFailoverCommands(program: Command): void {
  const failover = program.command('failover').description('the pair and its virtual address');

  failover
    .command('set')
    .description('pair this primary node with a second one, reached once over SSH')
    .requiredOption(
      '--virtual-address <address/prefix>',
      'the address both nodes share, such as 10.0.0.100/24',
    )
    .requiredOption('--vhid <number>', 'number 1-255 of this pair, unique on the LAN')
    .requiredOption('--peer <address>', "the second node's own address")
    .option('--peer-user <name>', 'SSH user there: root, or one that may use sudo', 'root')
    .option('--peer-port <port>', 'SSH port there', '22')
    .option(
      '--peer-password-file <file>',
      'read the SSH password from a file, or - for standard input; it is not kept',
    )
    .option('--interval-ms <ms>', 'a heartbeat every so many milliseconds', '1000')
    .option('--lease-seconds <seconds>', 'a node that hangs loses the address after so long', '2')
    .option('--json', 'print JSON')
    .action(async (options: SetOptions) => {
      const password = await readSecret(
        options.peerPasswordFile,
        `Password of ${options.peerUser} on ${options.peer}:`,
      );
      const answer = failoverAnswerSchema.parse(
        await callApi('POST', '/failover', {
          virtualAddress: options.virtualAddress,
          vhid: number('--vhid', options.vhid),
          advertisementIntervalMs: number('--interval-ms', options.intervalMs),
          leaseSeconds: number('--lease-seconds', options.leaseSeconds),
          peer: {
            address: options.peer,
            port: number('--peer-port', options.peerPort),
            user: options.peerUser,
            password,
          },
        }),
      );
      print(
        options.json === true,
        answer,
        () =>
          `Paired with ${answer.peer} (host key ${answer.hostKeyFingerprint}); the virtual address is ${answer.virtualAddress}${protectionNote(answer)}.`,
      );
    });

  // Run over SSH by the primary node, with its request on standard input.
  failover
    .command('accept', { hidden: true })
    .option('--json')
    .action(async () => {
      const request: unknown = JSON.parse(readFileSync(0, 'utf8'));
      process.stdout.write(`${JSON.stringify(await callApi('POST', '/pairing', request))}\n`);
    });
}

function number(option: string, text: string): number {
  const parsed = z.coerce.number().int().safeParse(text);
  if (parsed.success) return parsed.data;
  throw new TandemError({
    code: 'cli.not-a-number',
    culprit: 'caller',
    message: `${option} is not a whole number: ${text}`,
    hint: 'See: tandem failover set --help',
  });
}
