import { Command, CommanderError } from 'commander';
import { productVersion } from '../settings/product-version.ts';
import { addBackupCommands } from './commands/backup.ts';
import { addCertificateCommands } from './commands/certificate.ts';
import { addFailoverCommands } from './commands/failover.ts';
import { addFollowerCommands } from './commands/follower.ts';
import { addGroupCommands } from './commands/group.ts';
import { addInitCommand } from './commands/init.ts';
import { addMaintenanceCommand } from './commands/maintenance.ts';
import { addProfileCommands } from './commands/profile.ts';
import { addServiceCommands } from './commands/service.ts';
import { addSessionCommands } from './commands/session.ts';
import { addSettingsCommands } from './commands/settings.ts';
import { addStatusCommand } from './commands/status.ts';
import { addSwitchoverCommand } from './commands/switchover.ts';
import { addUserCommands } from './commands/user.ts';
import { addValidateCommand } from './commands/validate.ts';
import { addWebCommands } from './commands/web.ts';
import { exitCode } from './exit-codes.ts';
import { reportFailure } from './output.ts';

/** Parses the words after `tandem`, runs the command and returns the exit code. */
export async function runCommand(words: readonly string[]): Promise<number> {
  const program = new Command('tandem')
    .description('An OpenVPN access server that does not go down: two machines, one virtual address.')
    .version(productVersion())
    .enablePositionalOptions()
    .exitOverride()
    .configureHelp({ showGlobalOptions: true });
  program.addHelpText('after', '\nThe heartbeat alone, without the rest: tandem heartbeat run|status|check');

  addStatusCommand(program);
  addUserCommands(program);
  addGroupCommands(program);
  addCertificateCommands(program);
  addSettingsCommands(program);
  addWebCommands(program);
  addSessionCommands(program);
  addProfileCommands(program);
  addSwitchoverCommand(program);
  addMaintenanceCommand(program);
  addFailoverCommands(program);
  addValidateCommand(program);
  addFollowerCommands(program);
  addBackupCommands(program);
  addInitCommand(program);
  addServiceCommands(program);
  for (const command of everyCommand(program))
    command.exitOverride().showHelpAfterError('  See the same command with --help');

  try {
    await program.parseAsync([...words], { from: 'user' });
    return typeof process.exitCode === 'number' ? process.exitCode : 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCode.usage;
    return reportFailure(error, words.includes('--json'));
  }
}

function everyCommand(command: Command): Command[] {
  return [command, ...command.commands.flatMap(everyCommand)];
}
