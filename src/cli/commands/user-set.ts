import type { Command } from 'commander';
import { type UserChangesRequest, writeAnswerSchema } from '../../api/contract.ts';
import { TandemError } from '../../core/errors.ts';
import { callApi } from '../api-client.ts';
import { print } from '../output.ts';
import { protectionNote } from './protection.ts';

interface SetOptions {
  readonly administrator?: string;
  readonly expires?: string;
  readonly route?: readonly string[];
  /** False for `--no-routes`. */
  readonly routes: boolean;
  readonly address?: string;
  readonly profile: string;
  readonly json?: true;
}

export function addUserSetCommand(user: Command): void {
  user
    .command('set <name>')
    .description('change what is set for a user; what is not named stays')
    .option('--administrator <yes|no>', 'whether the user is one of the administrators')
    .option(
      '--expires <time>',
      'after this date or time (2027-01-31, 2027-01-31T18:00:00Z) nobody gets in, or never',
    )
    .option(
      '--route <network...>',
      "networks that this user reaches beside everybody's, instead of those from before",
    )
    .option('--no-routes', 'no such networks any more')
    .option('--address <address>', 'the VPN address of one profile')
    .option('--profile <profile>', 'which profile gets the address', 'default')
    .option('--json', 'print JSON')
    .action(async (name: string, options: SetOptions) => {
      const changes = changesFrom(options);
      const answer = writeAnswerSchema.parse(
        await callApi('PATCH', `/users/${encodeURIComponent(name)}`, changes),
      );
      print(options.json === true, answer, () => `User ${name} changed${protectionNote(answer)}.`);
    });
}

function changesFrom(options: SetOptions): UserChangesRequest {
  const changes: UserChangesRequest = {
    ...(options.administrator === undefined ? {} : { administrator: yesOrNo(options.administrator) }),
    ...(options.expires === undefined ? {} : { expiresAt: expiry(options.expires) }),
    ...(options.routes ? {} : { routes: [] }),
    ...(options.route === undefined ? {} : { routes: options.route }),
    ...(options.address === undefined
      ? {}
      : { address: { profile: options.profile, ipv4: options.address } }),
  };
  if (Object.keys(changes).length > 0) return changes;
  throw wrong('cli.nothing-to-set', 'Nothing to change was named.', 'See: tandem user set --help');
}

function yesOrNo(text: string): boolean {
  if (text === 'yes' || text === 'no') return text === 'yes';
  throw wrong('cli.not-yes-or-no', `${JSON.stringify(text)} is neither yes nor no.`, 'Write yes or no');
}

/** A date alone means the end of that day, in UTC. */
function expiry(text: string): string | null {
  if (text === 'never') return null;
  const date = /^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T23:59:59Z` : text;
  const time = /^\d{4}-\d{2}-\d{2}T/.test(date) ? Date.parse(date) : Number.NaN;
  if (!Number.isNaN(time)) return new Date(time).toISOString();
  throw wrong(
    'cli.not-a-time',
    `${JSON.stringify(text)} is not a date or time.`,
    'Write 2027-01-31, 2027-01-31T18:00:00Z or never',
  );
}

function wrong(code: string, message: string, hint: string): TandemError {
  return new TandemError({ code, culprit: 'caller', message, hint });
}
