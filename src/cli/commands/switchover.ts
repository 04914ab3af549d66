import type { Command } from 'commander';
import { switchoverAnswerSchema } from '../../api/contract.ts';
import { callApi } from '../api-client.ts';
import { print } from '../output.ts';

export function addSwitchoverCommand(program: Command): void {
  program
    .command('switchover')
    .description('hand the active role to the standby: nothing is lost, clients reconnect by themselves')
    .option('--json', 'print JSON')
    .action(async (options: { json?: true }) => {
      const answer = switchoverAnswerSchema.parse(await callApi('POST', '/switchover'));
      print(
        options.json === true,
        answer,
        () =>
          `${answer.to} is active now; ${answer.from} is standby. ${answer.clientsTold} client(s) were told to reconnect.`,
      );
    });
}
