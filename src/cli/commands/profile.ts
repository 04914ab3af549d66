import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { genericProfileAnswerSchema, profileAnswerSchema, writeAnswerSchema } from '../../api/contract.ts';
import { TandemError } from '../../core/errors.ts';
import { callApi } from '../api-client.ts';
import { print } from '../output.ts';
import { protectionNote } from './protection.ts';

export function addProfileCommands(program: Command): void {
  const profile = program.command('profile').description('connection profiles (.ovpn)');

  profile
    .command('get [user]')
    .description("print a user's profile, making it first when there is none; it holds a private key")
    .option('--generic', 'the one with which every user may log in, in place of a user')
    .option('--name <profile>', 'one per device', 'default')
    .option('--auto-login', 'a profile that needs no password, where the user may have one')
    .option('--output <file>', 'write it to a file that only you can read')
    .option('--json', 'print JSON')
    .action(async (named: string | undefined, options: GetOptions) => {
      const user = ownerOf(named, options);
      if (user === undefined) return printGeneric(options);
      const wish = { name: options.name, ...(options.autoLogin === true ? { kind: 'auto-login' } : {}) };
      await printProfile(user, wish, options);
    });

  profile
    .command('revoke [user]')
    .description("revoke a user's profile for good and end its session; the next one is made anew")
    .option('--generic', 'the one for every user: nobody logs in with it any more')
    .option('--name <profile>', 'which one', 'default')
    .option('--json', 'print JSON')
    .action(async (named: string | undefined, options: GetOptions) => {
      const user = ownerOf(named, options);
      if (user === undefined) return revokeGeneric(options);
      const path = `/users/${encodeURIComponent(user)}/profiles/${encodeURIComponent(options.name)}`;
      const answer = writeAnswerSchema.parse(await callApi('DELETE', path));
      print(
        options.json === true,
        answer,
        () => `Profile ${options.name} of ${user} revoked${protectionNote(answer)}.`,
      );
    });
}

interface GetOptions {
  readonly name: string;
  readonly generic?: true;
  readonly autoLogin?: true;
  readonly output?: string;
  readonly json?: true;
}

/** Undefined: the profile of every user. @throws TandemError `cli.not-understood` */
function ownerOf(named: string | undefined, { generic }: GetOptions): string | undefined {
  if ((named === undefined) === (generic === true)) return named;
  throw new TandemError({
    code: 'cli.not-understood',
    culprit: 'caller',
    message: 'A profile is that of a user, or with --generic that of every user.',
    hint: 'See: tandem profile get --help',
  });
}

async function printGeneric(options: GetOptions): Promise<void> {
  const answer = genericProfileAnswerSchema.parse(await callApi('POST', '/profiles/generic', {}));
  if (options.output !== undefined) writeFileSync(options.output, answer.profile, { mode: 0o600 });
  print(options.json === true, answer, () =>
    options.output === undefined
      ? answer.profile.trimEnd()
      : `The generic profile was written to ${options.output}.`,
  );
}

async function revokeGeneric(options: GetOptions): Promise<void> {
  const answer = writeAnswerSchema.parse(await callApi('DELETE', '/profiles/generic'));
  print(options.json === true, answer, () => `The generic profile is revoked${protectionNote(answer)}.`);
}

/** Asks for the user's profile and prints it, or writes it to a file. */
export async function printProfile(
  user: string,
  wish: { readonly name: string; readonly kind?: string; readonly renew?: boolean },
  options: { readonly output?: string; readonly json?: true },
): Promise<void> {
  const path = `/users/${encodeURIComponent(user)}/profiles`;
  const answer = profileAnswerSchema.parse(await callApi('POST', path, wish));
  if (options.output !== undefined) writeFileSync(options.output, answer.profile, { mode: 0o600 });
  print(options.json === true, answer, () =>
    options.output === undefined
      ? answer.profile.trimEnd()
      : `Profile ${wish.name} of ${user} written to ${options.output}${protectionNote(answer)}.`,
  );
}
