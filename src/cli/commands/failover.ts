import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { z } from 'zod';
import { failoverAnswerSchema } from '../../api/contract.ts';
import { unpairAnswerSchema } from '../../api/failover-contract.ts';
import { TandemError } from '../../core/errors.ts';
import { callApi } from '../api-client.ts';
import { print } from '../output.ts';
import { readProof } from '../peer-proof.ts';
import { protectionNote } from './protection.ts';
import { addFailoverLooks } from './validate.ts';

interface SetOptions {
  virtualAddress: string;
  vhid: string;
  peer: string;
  peerUser: string;
  peerPort: string;
  peerPasswordFile?: string;
  peerKeyFile?: string;
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
    .option('--peer-key-file <file>', 'a private key in place of the password; it is not kept')
    .option('--interval-ms <ms>', 'a heartbeat every so many milliseconds', '1000')
    .option('--lease-seconds <seconds>', 'a node that hangs loses the address after so long', '2')
    .option('--json', 'print JSON')
    .action(async (options: SetOptions) => {
      const proof = await readProof(options);
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
            ...proof,
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

  addFailoverLooks(failover);

  // Run over SSH by the primary node, with its request on standard input.
  failover
    .command('accept', { hidden: true })
    .option('--json')
    .action(async () => {
      const request: unknown = JSON.parse(readFileSync(0, 'utf8'));
      process.stdout.write(`${JSON.stringify(await callApi('POST', '/pairing', request))}\n`);
    });

  // Likewise, when the pair was not made after all.
  failover
    .command('forget', { hidden: true })
    .option('--json')
    .action(async () => {
      process.stdout.write(`${JSON.stringify(await callApi('POST', '/pairing/forget'))}\n`);
    });

  failover
    .command('remove')
    .description('end the pair: this node serves alone, the other waits to be paired again')
    .option('--json', 'print JSON')
    .action(async (options: { json?: true }) => {
      const answer = unpairAnswerSchema.parse(await callApi('DELETE', '/failover'));
      print(options.json === true, answer, () =>
        answer.peerTold
          ? `${answer.peer} was told and waits to be paired again.`
          : `The pair is ended here. ${answer.peer} could not be told: set it up anew with tandem init.`,
      );
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
