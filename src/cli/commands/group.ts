import type { Command } from 'commander';
import { type GroupView, groupListSchema, groupSchema, writeAnswerSchema } from '../../api/contract.ts';
import { callApi } from '../api-client.ts';
import { print, table } from '../output.ts';
import {
  addPropertyOptions,
  type PropertyOptions,
  propertyChanges,
  refuseNothing,
  yesOrNo,
} from './property-options.ts';
import { protectionNote } from './protection.ts';

interface SetOptions extends PropertyOptions {
  readonly blocked?: string;
  readonly json?: true;
}

export function addGroupCommands(program: Command): void {
  const group = program
    .command('group')
    .description("what counts for several users; the group default is everybody's");

  group
    .command('list')
    .description('list the groups')
    .option('--json', 'print JSON')
    .action(async (options: { json?: true }) => {
      const { groups } = groupListSchema.parse(await callApi('GET', '/groups'));
      print(options.json === true, { groups }, () =>
        table(
          ['NAME', 'MEMBERS', 'SAID OF IT'],
          groups.map((one) => [one.name, String(one.members.length), said(one).join(', ') || '-']),
        ),
      );
    });

  group
    .command('show <name>')
    .description('show one group with its members')
    .option('--json', 'print JSON')
    .action(async (name: string, options: { json?: true }) => {
      const shown = groupSchema.parse(await callApi('GET', groupPath(name)));
      print(options.json === true, shown, () =>
        [
          `name      ${shown.name}`,
          ...said(shown).map((line) => `said      ${line}`),
          `members   ${shown.members.join(' ') || 'none'}`,
        ].join('\n'),
      );
    });

  for (const [word, method, what, done] of [
    ['add', 'POST', 'add a group', 'added'],
    ['remove', 'DELETE', 'remove a group; its members stay, without a group', 'removed'],
  ] as const) {
    group
      .command(`${word} <name>`)
      .description(what)
      .option('--json', 'print JSON')
      .action(async (name: string, options: { json?: true }) => {
        const path = method === 'POST' ? '/groups' : groupPath(name);
        const answer = writeAnswerSchema.parse(
          await callApi(method, path, method === 'POST' ? { name } : undefined),
        );
        print(options.json === true, answer, () => `Group ${name} ${done}${protectionNote(answer)}.`);
      });
  }

  addPropertyOptions(
    group
      .command('set <name>')
      .description('change what counts for the members of a group, or with the name default for everybody'),
  )
    .option('--blocked <yes|no>', 'whether nobody of the group gets in')
    .option('--json', 'print JSON')
    .action(async (name: string, options: SetOptions) => {
      const changes = {
        ...propertyChanges(options),
        ...(options.blocked === undefined ? {} : { blocked: yesOrNo(options.blocked) }),
      };
      refuseNothing(changes, 'tandem group set');
      const answer = writeAnswerSchema.parse(await callApi('PATCH', groupPath(name), changes));
      print(options.json === true, answer, () => `Group ${name} changed${protectionNote(answer)}.`);
    });
}

function groupPath(name: string): string {
  return `/groups/${encodeURIComponent(name)}`;
}

function said({ properties }: GroupView): string[] {
  return Object.entries(properties).flatMap(([name, value]) => {
    if (value === undefined) return [];
    const text = Array.isArray(value) ? value.join(' ') || 'none' : String(value);
    return [`${name} ${text}`];
  });
}
