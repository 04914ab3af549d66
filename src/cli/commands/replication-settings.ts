import { type Command, Option } from 'commander';
import {
  type ReplicationSettingsView,
  replicationSettingsAnswerSchema,
  replicationSettingsViewSchema,
} from '../../api/replica-contract.ts';
import { callApi } from '../api-client.ts';
import { print, table } from '../output.ts';
import { protectionNote } from './protection.ts';

const route = '/settings/replication';

interface KeepOptions {
  journalDays?: string;
  journalMegabytes?: string;
  auditDays?: string;
  auditChanges?: string;
  json?: true;
}

export function addReplicationSettings(replica: Command): void {
  replica
    .command('protection <choice>')
    .description('require: refuse changes that the other node would not have; prefer: make them and say so')
    .addOption(new Option('--json', 'print JSON'))
    .action(async (choice: string, options: { json?: true }) => {
      const answer = replicationSettingsAnswerSchema.parse(
        await callApi('PATCH', route, { protection: choice }),
      );
      print(options.json === true, answer, () =>
        answer.settings.protection === 'require'
          ? `Changes are refused while the pair is not protected${protectionNote(answer)}.`
          : `Changes are made also while the pair is not protected, and say so${protectionNote(answer)}.`,
      );
    });

  replica
    .command('keep')
    .description('how long changes are kept whole for a node that comes back, and in words for the audit log')
    .option('--journal-days <days>', 'whole, for so long')
    .option('--journal-megabytes <megabytes>', 'whole, so much of them')
    .option('--audit-days <days>', 'in words, for so long')
    .option('--audit-changes <count>', 'in words, so many of them')
    .option('--json', 'print JSON')
    .action(async (options: KeepOptions) => {
      const patch = {
        ...numberOf('journalDays', options.journalDays),
        ...numberOf('journalMegabytes', options.journalMegabytes),
        ...numberOf('auditDays', options.auditDays),
        ...numberOf('auditEntries', options.auditChanges),
      };
      if (Object.keys(patch).length === 0) {
        const settings = replicationSettingsViewSchema.parse(await callApi('GET', route));
        print(options.json === true, settings, () => words(settings));
        return;
      }
      const answer = replicationSettingsAnswerSchema.parse(await callApi('PATCH', route, patch));
      print(
        options.json === true,
        answer,
        () => `${words(answer.settings)}\nSettings changed${protectionNote(answer)}.`,
      );
    });
}

function numberOf(name: string, text: string | undefined): Record<string, number> {
  return text === undefined ? {} : { [name]: Number(text) };
}

function words(settings: ReplicationSettingsView): string {
  return table(
    ['KEPT', 'DAYS', 'AT MOST'],
    [
      ['whole', String(settings.journalDays), `${settings.journalMegabytes} MB`],
      ['in words', String(settings.auditDays), `${settings.auditEntries} changes`],
    ],
  );
}
