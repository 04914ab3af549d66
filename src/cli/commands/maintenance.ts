import { Argument, type Command } from 'commander';
import { maintenanceAnswerSchema } from '../../api/maintenance-contract.ts';
import { callApi } from '../api-client.ts';
import { print } from '../output.ts';

const sentence = {
  on: 'This node is in maintenance: it takes over only if nobody else serves, also after a restart.',
  off: 'The maintenance of this node has ended: it takes over again when the other node falls silent.',
} as const;

export function addMaintenanceCommand(program: Command): void {
  program
    .command('maintenance')
    .description('keep this node from taking over while you work on it; an active one hands over first')
    .addArgument(new Argument('<on|off>', 'whether this node is in maintenance').choices(['on', 'off']))
    .option('--json', 'print JSON')
    .action(async (wish: 'on' | 'off', options: { json?: true }) => {
      const answer = maintenanceAnswerSchema.parse(
        await callApi('PUT', '/maintenance', { on: wish === 'on' }),
      );
      print(
        options.json === true,
        answer,
        () => `${answer.handedOver ? 'The other node is active now. ' : ''}${sentence[wish]}`,
      );
    });
}
