import { readFileSync, writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { statusSchema, verificationSchema } from '../../api/contract.ts';
import {
  discardAnswerSchema,
  divergenceDetailSchema,
  divergenceListSchema,
  type EntryView,
  exportAnswerSchema,
  generationListSchema,
  importAnswerSchema,
  journalSchema,
  reapplyAnswerSchema,
  reseedAnswerSchema,
  rotateKeyAnswerSchema,
} from '../../api/replica-contract.ts';
import { TandemError } from '../../core/errors.ts';
import { callApi } from '../api-client.ts';
import { exitCode } from '../exit-codes.ts';
import { print, table } from '../output.ts';
import { beginsInWords } from './journal-words.ts';
import { protectionNote } from './protection.ts';
import { addReplicationSettings } from './replication-settings.ts';

interface EntryOptions {
  entry?: string;
  json?: true;
}

/** Under `replica`, where the service's own `replica receive` is too. */
export function addReplicaCommands(program: Command, replica: Command): void {
  program
    .command('journal')
    .description('the audit log: who changed what, the last entries of the journal in words')
    .option('--last <count>', 'so many entries (at most 1000)', '20')
    .option('--json', 'print JSON')
    .action(async (options: { last: string; json?: true }) => {
      const last = wholeNumber('--last', options.last);
      const view = journalSchema.parse(await callApi('GET', `/journal?last=${last}`));
      print(options.json === true, view, () =>
        [...view.entries.map(entryInWords), beginsInWords(view)].join('\n'),
      );
    });

  replica
    .command('status')
    .description("how far the other node's copy is, and what lies in quarantine here")
    .option('--json', 'print JSON')
    .action(async (options: { json?: true }) => {
      const status = statusSchema.parse(await callApi('GET', '/status'));
      const { divergences } = divergenceListSchema.parse(await callApi('GET', '/replica/divergences'));
      const { role, position, peer, verification, sentence } = status;
      const { protection } = status;
      const view = {
        role,
        position,
        protected: status.protected,
        protection,
        peer,
        verification,
        sentence,
        divergences,
      };
      print(options.json === true, view, () =>
        [
          sentence,
          `position   ${position.epoch}.${position.sequence}`,
          `protected  ${status.protected ? 'yes' : 'no'}${status.protection === 'require' ? ' (required: changes are refused without it)' : ''}`,
          ...(peer?.protectedSince == null ? [] : [`since      ${peer.protectedSince}`]),
          ...(peer?.lagEntries == null
            ? []
            : [
                `behind     ${peer.lagEntries} change(s), ${peer.lagMs} ms, ${peer.unsentBytes} byte(s) not sent`,
              ]),
          ...(peer?.copying == null
            ? []
            : [`copying    ${peer.copying.sentBytes} of ${peer.copying.totalBytes} byte(s) went out`]),
          `verified   ${verification === null ? 'not yet' : `${verification.at} at ${verification.position ?? 'no position'}: ${verification.sentence}`}`,
          `undecided  ${divergences.reduce((sum, one) => sum + one.open, 0)} change(s) in quarantine on this node`,
        ].join('\n'),
      );
    });

  replica
    .command('verify')
    .description('compare both copies now, table by table; on a standby: look at its own copy')
    .option('--json', 'print JSON')
    .action(async (options: { json?: true }) => {
      const outcome = verificationSchema.parse(await callApi('POST', '/replica/verify'));
      print(options.json === true, outcome, () => outcome.sentence);
      if (outcome.result === 'different' || outcome.result === 'failed') process.exitCode = exitCode.config;
    });

  replica
    .command('reseed')
    .description('on the standby: replace its copy by a whole new one from the active node')
    .option('--json', 'print JSON')
    .action(async (options: { json?: true }) => {
      const answer = reseedAnswerSchema.parse(await callApi('POST', '/replica/reseed'));
      print(options.json === true, answer, () =>
        answer.begun
          ? 'A whole copy is on its way; tandem status says when it is here.'
          : 'A whole copy comes as soon as the active node connects.',
      );
    });

  replica
    .command('generations')
    .description('the last good copies that this node set aside while it was standby; each is a backup')
    .option('--json', 'print JSON')
    .action(async (options: { json?: true }) => {
      const view = generationListSchema.parse(await callApi('GET', '/replica/generations'));
      print(options.json === true, view, () =>
        view.generations.length === 0
          ? 'No copy was set aside on this node: a standby does that after it was compared with the active node.'
          : table(
              ['AT', 'POSITION', 'BYTES', 'FILE'],
              view.generations.map((one) => [one.at, one.position, String(one.bytes), one.path]),
            ),
      );
    });

  replica
    .command('rotate-key')
    .description(
      'on the active node: new keys for the link in both directions; the old ones go when the new ones were used',
    )
    .option('--json', 'print JSON')
    .action(async (options: { json?: true }) => {
      const answer = rotateKeyAnswerSchema.parse(await callApi('POST', '/replica/rotate-key'));
      print(
        options.json === true,
        answer,
        () =>
          `The link has new keys: ${answer.fingerprints.own} here, ${answer.fingerprints.peer} on ${answer.peer}.`,
      );
    });

  addReplicationSettings(replica);
  addDivergenceCommands(replica.command('divergence').description('what one node alone had after a split'));
}

function addDivergenceCommands(divergence: Command): void {
  divergence
    .command('list')
    .description('what lies in quarantine on this node')
    .option('--json', 'print JSON')
    .action(async (options: { json?: true }) => {
      const view = divergenceListSchema.parse(await callApi('GET', '/replica/divergences'));
      print(options.json === true, view, () =>
        view.divergences.length === 0
          ? 'Nothing lies in quarantine on this node.'
          : table(
              ['ID', 'PUT ASIDE', 'CHANGES', 'UNDECIDED'],
              view.divergences.map((one) => [one.id, one.at, String(one.entries), String(one.open)]),
            ),
      );
    });

  divergence
    .command('show <id>')
    .description('its changes one by one, in words')
    .option('--json', 'print JSON')
    .action(async (id: string, options: { json?: true }) => {
      const view = divergenceDetailSchema.parse(await callApi('GET', path(id)));
      print(options.json === true, view, () =>
        view.entries.map((one) => `${entryInWords(one)} [${one.state}]`).join('\n'),
      );
    });

  divergence
    .command('reapply <id>')
    .description('make its changes again, on the active node; one that no longer fits is refused')
    .option('--entry <sequence>', 'only this one')
    .option('--json', 'print JSON')
    .action(async (id: string, options: EntryOptions) => {
      const answer = reapplyAnswerSchema.parse(await callApi('POST', path(id, 'reapply'), entryOf(options)));
      print(
        options.json === true,
        answer,
        () =>
          `${answer.reapplied} change(s) made again${answer.reapplied === 0 ? '' : protectionNote(answer)}.`,
      );
    });

  divergence
    .command('discard <id>')
    .description('decide that its changes are not wanted; they stay to be looked at')
    .requiredOption('--reason <text>', 'why, for whoever looks at it later')
    .option('--entry <sequence>', 'only this one')
    .option('--json', 'print JSON')
    .action(async (id: string, options: EntryOptions & { reason: string }) => {
      const request = { ...entryOf(options), reason: options.reason };
      const answer = discardAnswerSchema.parse(await callApi('POST', path(id, 'discard'), request));
      print(options.json === true, answer, () => `${answer.discarded} change(s) discarded.`);
    });

  divergence
    .command('export <id>')
    .description('print all of it, to import it on the other node; it holds secrets')
    .option('--output <file>', 'write it to a file that only you can read')
    .action(async (id: string, options: { output?: string }) => {
      const { text } = exportAnswerSchema.parse(await callApi('POST', path(id, 'export')));
      if (options.output === undefined) process.stdout.write(text);
      else writeFileSync(options.output, text, { mode: 0o600 });
    });

  divergence
    .command('import <file>')
    .description('put what the other node exported into quarantine here; - for standard input')
    .option('--json', 'print JSON')
    .action(async (file: string, options: { json?: true }) => {
      const text = readExported(file);
      const answer = importAnswerSchema.parse(await callApi('POST', '/replica/divergences', { text }));
      print(options.json === true, answer, () => `${answer.lost} change(s) are here as ${answer.id}.`);
    });
}

function path(id: string, verb?: string): string {
  const base = `/replica/divergences/${encodeURIComponent(id)}`;
  return verb === undefined ? base : `${base}/${verb}`;
}

function entryOf(options: EntryOptions): { entry?: number } {
  return options.entry === undefined ? {} : { entry: wholeNumber('--entry', options.entry) };
}

function entryInWords(entry: EntryView): string {
  return `${entry.position}  ${entry.at}  ${entry.changes.join('; ')}, by ${entry.actor}`;
}

function wholeNumber(option: string, text: string): number {
  if (/^[1-9][0-9]{0,15}$/.test(text)) return Number(text);
  throw new TandemError({
    code: 'cli.not-a-number',
    culprit: 'caller',
    message: `${option} is not a whole number: ${text}`,
    hint: 'See the same command with --help',
  });
}

function readExported(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (cause) {
    throw new TandemError({
      code: 'replica.divergence.unreadable',
      culprit: 'caller',
      message: `${file} cannot be read: ${cause instanceof Error ? cause.message : cause}`,
      hint: 'Name a file that `tandem replica divergence export` wrote, or - for standard input',
      cause,
    });
  }
}
