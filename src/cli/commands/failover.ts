import { readFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { failoverAnswerSchema, unpairAnswerSchema } from '../../api/failover-contract.ts';
import { pairProtocols } from '../../core/vrrp/pair-protocol.ts';
import { callApi } from '../api-client.ts';
import { print } from '../output.ts';
import { addPairOptions, type PairOptions, readPairOptions } from '../pair-options.ts';
import { addTuningOptions, readTuning, type TuningOptions } from '../tuning-options.ts';
import { addFailoverChanges } from './failover-apply.ts';
import { protectionNote } from './protection.ts';
import { addFailoverLooks } from './validate.ts';

interface SetOptions extends PairOptions, TuningOptions {
  readonly protocol?: string;
  readonly json?: true;
}

export function addFailoverCommands(program: Command): void {
  const failover = program.command('failover').description('the pair and its virtual address');

  const set = failover
    .command('set')
    .description('pair this primary node with a second one, reached once over SSH');
  addTuningOptions(addPairOptions(set), 'own=… and peer=…')
    .addOption(
      new Option('--protocol <name>', 'what the heartbeats speak; vrrp2 and carp take whole seconds alone')
        .choices([...pairProtocols])
        .default('vrrp3'),
    )
    .option('--json', 'print JSON')
    .action(async (options: SetOptions) => {
      const answer = failoverAnswerSchema.parse(
        await callApi('POST', '/failover', {
          ...readTuning(options),
          ...(await readPairOptions(options)),
          protocol: options.protocol,
        }),
      );
      print(
        options.json === true,
        answer,
        () =>
          `Paired with ${answer.peer} (host key ${answer.hostKeyFingerprint}); the virtual address is ${answer.virtualAddress}${protectionNote(answer)}.`,
      );
    });

  failover
    .command('claim')
    .description('on a node that waits because its copy may lack changes: take over with what it has')
    .option('--json', 'print JSON')
    .action(async (options: { json?: true }) => {
      const answer = await callApi('POST', '/failover/claim');
      print(options.json === true, answer, () => 'This node is active now, with the copy that it had.');
    });

  addFailoverLooks(failover);
  addFailoverChanges(failover);

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
    .option(
      '--peer-gone',
      'on the failover node, when the primary will not come back: this node takes its place',
    )
    .option('--json', 'print JSON')
    .action(async (options: { peerGone?: true; json?: true }) => {
      const path = options.peerGone === true ? '/failover?peerGone=true' : '/failover';
      const answer = unpairAnswerSchema.parse(await callApi('DELETE', path));
      print(options.json === true, answer, () =>
        answer.peerTold
          ? `${answer.peer} was told and waits to be paired again.`
          : `The pair is ended here. ${answer.peer} could not be told: set it up anew with tandem init.`,
      );
    });
}
