import type { Command } from 'commander';
import { type UserView, userListSchema, writeAnswerSchema } from '../../api/contract.ts';
import { callApi } from '../api-client.ts';
import { print, table } from '../output.ts';
import { readSecret } from '../secret-input.ts';
import { protectionNote } from './protection.ts';

export function addUserCommands(program: Command): void {
  const user = program.command('user').description('accounts that may use the VPN');

  user
    .command('add <name>')
    .description('add a user; the password comes from a prompt, a file or standard input')
    .option('--password-file <file>', 'read the password from a file, or - for standard input')
    .option('--json', 'print JSON')
    .action(async (name: string, options: { passwordFile?: string; json?: true }) => {
      const password = await readSecret(options.passwordFile, `Password for ${name}:`);
      const answer = writeAnswerSchema.parse(await callApi('POST', '/users', { name, password }));
      print(options.json === true, answer, () => `User ${name} added${protectionNote(answer)}.`);
    });

  user
    .command('list')
    .description('list the users')
    .option('--json', 'print JSON')
    .action(async (options: { json?: true }) => {
      const { users } = userListSchema.parse(await callApi('GET', '/users'));
      print(options.json === true, { users }, () => userTable(users));
    });

  user
    .command('remove <name>')
    .description('remove a user, revoke the certificates and disconnect')
    .option('--json', 'print JSON')
    .action(async (name: string, options: { json?: true }) => {
      const answer = writeAnswerSchema.parse(await callApi('DELETE', `/users/${encodeURIComponent(name)}`));
      print(options.json === true, answer, () => `User ${name} removed${protectionNote(answer)}.`);
    });
}

function userTable(users: readonly UserView[]): string {
  if (users.length === 0) return 'No users yet. Add one: tandem user add NAME';
  return table(
    ['NAME', 'STATE', 'PROFILES', 'VPN ADDRESS', 'ADDED'],
    users.map((user) => [
      user.name,
      user.blocked ? 'blocked' : 'active',
      user.profiles.map((profile) => profile.name).join(' ') || '-',
      user.profiles.map((profile) => profile.vpnAddress ?? '-').join(' ') || '-',
      user.createdAt.slice(0, 10),
    ]),
  );
}
