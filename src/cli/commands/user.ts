import type { Command } from 'commander';
import { type UserView, userListSchema, userSchema, writeAnswerSchema } from '../../api/contract.ts';
import { callApi } from '../api-client.ts';
import { print, table } from '../output.ts';
import { readSecret } from '../secret-input.ts';
import { protectionNote } from './protection.ts';
import { addOneTimeCodeCommand } from './user-otp.ts';
import { addUserSetCommand } from './user-set.ts';

const passwordOption = [
  '--password-file <file>',
  'read the password from a file, or - for standard input',
] as const;

export function addUserCommands(program: Command): void {
  const user = program.command('user').description('accounts that may use the VPN');

  user
    .command('add <name>')
    .description('add a user; the password comes from a prompt, a file or standard input')
    .option(...passwordOption)
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
    .command('show <name>')
    .description('show one user with everything that is set')
    .option('--json', 'print JSON')
    .action(async (name: string, options: { json?: true }) => {
      const shown = userSchema.parse(await callApi('GET', userPath(name)));
      print(options.json === true, shown, () => userWords(shown));
    });

  addUserSetCommand(user);

  const changes: [word: string, method: 'POST' | 'DELETE', path: string, what: string, done: string][] = [
    ['block', 'POST', '/block', 'end the sessions of a user and let nobody in under that name', 'blocked'],
    ['unblock', 'POST', '/unblock', 'let a user in again who was blocked or locked out', 'unblocked'],
    ['remove', 'DELETE', '', 'remove a user, revoke the certificates and disconnect', 'removed'],
  ];
  for (const [word, method, path, what, done] of changes) {
    user
      .command(`${word} <name>`)
      .description(what)
      .option('--json', 'print JSON')
      .action(async (name: string, options: { json?: true }) => {
        const answer = writeAnswerSchema.parse(await callApi(method, `${userPath(name)}${path}`));
        print(options.json === true, answer, () => `User ${name} ${done}${protectionNote(answer)}.`);
      });
  }

  user
    .command('password <name>')
    .description('set a new password; sessions and tokens from before end')
    .option(...passwordOption)
    .option('--json', 'print JSON')
    .action(async (name: string, options: { passwordFile?: string; json?: true }) => {
      const password = await readSecret(options.passwordFile, `New password for ${name}:`);
      const answer = writeAnswerSchema.parse(
        await callApi('PUT', `${userPath(name)}/password`, { password }),
      );
      print(options.json === true, answer, () => `Password of ${name} changed${protectionNote(answer)}.`);
    });

  addOneTimeCodeCommand(user);
}

function userPath(name: string): string {
  return `/users/${encodeURIComponent(name)}`;
}

function stateOf(user: UserView): string {
  if (user.blocked) return 'blocked';
  if (user.expiresAt !== null && Date.parse(user.expiresAt) <= Date.now()) return 'expired';
  return user.lockedUntil === null ? 'active' : 'locked out';
}

function userTable(users: readonly UserView[]): string {
  if (users.length === 0) return 'No users yet. Add one: tandem user add NAME';
  return table(
    ['NAME', 'STATE', 'PROFILES', 'VPN ADDRESS', 'ADDED'],
    users.map((user) => [
      user.name,
      stateOf(user),
      user.profiles.map((profile) => profile.name).join(' ') || '-',
      user.profiles.map((profile) => profile.vpnAddress ?? '-').join(' ') || '-',
      user.createdAt.slice(0, 10),
    ]),
  );
}

function userWords(user: UserView): string {
  const until = user.lockedUntil === null ? '' : `, until ${user.lockedUntil}`;
  return [
    `name              ${user.name}`,
    `state             ${stateOf(user)}${until}`,
    `group             ${user.group ?? 'default'}`,
    `administrator     ${user.administrator ? 'yes' : 'no'}`,
    `expires           ${user.expiresAt ?? 'never'}`,
    `one-time code     ${user.oneTimeCode ? 'yes' : user.oneTimeCodeRequired ? 'required, but no key was made yet: tandem user otp' : 'no'}`,
    `auto-login        ${user.autoLogin ? 'allowed' : 'no'}`,
    `own routes        ${user.routes.join(' ') || 'none'}`,
    `may reach         ${user.access === null ? 'everything that is routed' : user.access.join(', ') || 'nothing'}`,
    `added             ${user.createdAt}`,
    `password changed  ${user.passwordChangedAt ?? 'never'}`,
    ...user.profiles.map(
      ({ name, vpnAddress, certificateExpiresAt }) =>
        `profile           ${name}, VPN address ${vpnAddress ?? 'none'}, certificate until ${certificateExpiresAt.slice(0, 10)}`,
    ),
  ].join('\n');
}
