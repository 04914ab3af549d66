import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { z } from 'zod';
import { writeAnswerSchema } from '../../api/contract.ts';
import {
  type FollowerView,
  followerAnswerSchema,
  followerKeySchema,
  followerListSchema,
  followerVerdictSchema,
  joinAnswerSchema,
} from '../../api/follower-contract.ts';
import { TandemError } from '../../core/errors.ts';
import { callApi } from '../api-client.ts';
import { exitCode } from '../exit-codes.ts';
import { print, table } from '../output.ts';
import { protectionNote } from './protection.ts';

interface AddOptions {
  key: string;
  scope: string;
  host?: string;
  port: string;
  json?: true;
}

export function addFollowerCommands(program: Command): void {
  const follower = program
    .command('follower')
    .description('servers elsewhere that receive users and certificates, read-only');

  follower
    .command('add <name>')
    .description('let one more in; prints the word to type there')
    .requiredOption(
      '--key <key>',
      'its public key, as `tandem follower key` prints it there; - for standard input',
    )
    .option('--scope <scope>', 'accounts (users, credentials, certificates) or certificates', 'accounts')
    .option('--host <host>', 'where it reaches this pair (default: the virtual address)')
    .option('--port <port>', 'SSH port there', '22')
    .option('--json', 'print JSON')
    .action(async (name: string, options: AddOptions) => {
      const publicKey = (options.key === '-' ? readFileSync(0, 'utf8') : options.key).trim();
      const request = {
        name,
        publicKey,
        scope: options.scope,
        port: portOf(options.port),
        ...(options.host === undefined ? {} : { host: options.host }),
      };
      const answer = followerAnswerSchema.parse(await callApi('POST', '/followers', request));
      print(
        options.json === true,
        answer,
        () =>
          `${answer.name} may follow${protectionNote(answer)}. Nothing in this word is secret. There, run:\n\nsudo tandem follower join ${answer.join}`,
      );
    });

  follower
    .command('list')
    .description('each with how far behind it is')
    .option('--json', 'print JSON')
    .action(async (options: { json?: true }) => {
      const view = followerListSchema.parse(await callApi('GET', '/followers'));
      print(options.json === true, view, () =>
        view.followers.length === 0
          ? 'There are no followers.'
          : table(
              ['NAME', 'SCOPE', 'CONNECTED', 'POSITION', 'BEHIND', 'VERIFIED', 'STATE'],
              view.followers.map(row),
            ),
      );
    });

  follower
    .command('verify <name>')
    .description('compare its copy with what it should have, now')
    .option('--json', 'print JSON')
    .action(async (name: string, options: { json?: true }) => {
      const path = `/followers/${encodeURIComponent(name)}/verify`;
      const verdict = followerVerdictSchema.parse(await callApi('POST', path));
      print(options.json === true, verdict, () => verdict.sentence);
      if (!verdict.equal) process.exitCode = exitCode.config;
    });

  follower
    .command('remove <name>')
    .description('revoke its key and end its connection, at once')
    .option('--json', 'print JSON')
    .action(async (name: string, options: { json?: true }) => {
      const answer = writeAnswerSchema.parse(
        await callApi('DELETE', `/followers/${encodeURIComponent(name)}`),
      );
      print(options.json === true, answer, () => `${name} gets nothing any more${protectionNote(answer)}.`);
    });

  follower
    .command('key')
    .description('on a follower: its public key, for `tandem follower add` on the active node')
    .option('--json', 'print JSON')
    .action(async (options: { json?: true }) => {
      const answer = followerKeySchema.parse(await callApi('GET', '/following/key'));
      print(options.json === true, answer, () => answer.publicKey);
    });

  follower
    .command('join <word>')
    .description('on a follower: whom to follow, as `tandem follower add` printed it')
    .option('--json', 'print JSON')
    .action(async (word: string, options: { json?: true }) => {
      const answer = joinAnswerSchema.parse(await callApi('POST', '/following', { word }));
      print(
        options.json === true,
        answer,
        () =>
          `This machine follows ${answer.sources.join(' and ')} at ${answer.host}; tandem status says how far it is.`,
      );
    });
}

function row(one: FollowerView): string[] {
  return [
    one.name,
    one.scope,
    one.connected ? 'yes' : 'NO',
    one.position === null ? '-' : `${one.position.epoch}.${one.position.sequence}`,
    one.lagEntries === null ? '-' : `${one.lagEntries} change(s), ${one.lagMs} ms`,
    one.verifiedAt ?? '-',
    one.sentence,
  ];
}

function portOf(text: string): number {
  const port = z.coerce.number().int().min(1).max(65_535).safeParse(text);
  if (port.success) return port.data;
  throw new TandemError({
    code: 'cli.not-a-number',
    culprit: 'caller',
    message: `--port is not a port: ${text}`,
    hint: 'See: tandem follower add --help',
  });
}
