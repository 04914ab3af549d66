import type { Command } from 'commander';
import { type UserChangesRequest, writeAnswerSchema } from '../../api/contract.ts';
import { callApi } from '../api-client.ts';
import { print } from '../output.ts';
import {
  addPropertyOptions,
  type PropertyOptions,
  propertyChanges,
  refuseNothing,
} from './property-options.ts';
import { protectionNote } from './protection.ts';

interface SetOptions extends PropertyOptions {
  readonly group?: string;
  readonly address?: string;
  readonly profile: string;
  readonly json?: true;
}

export function addUserSetCommand(user: Command): void {
  addPropertyOptions(
    user.command('set <name>').description('change what is set for a user; what is not named stays'),
  )
    .option('--group <group>', 'the group whose properties count where nothing is said of the user; or none')
    .option('--address <address>', 'the VPN address of one profile')
    .option('--profile <profile>', 'which profile gets the address', 'default')
    .option('--json', 'print JSON')
    .action(async (name: string, options: SetOptions) => {
      const changes = changesFrom(options);
      refuseNothing(changes, 'tandem user set');
      const answer = writeAnswerSchema.parse(
        await callApi('PATCH', `/users/${encodeURIComponent(name)}`, changes),
      );
      print(options.json === true, answer, () => `User ${name} changed${protectionNote(answer)}.`);
    });
}

function changesFrom(options: SetOptions): UserChangesRequest {
  return {
    ...propertyChanges(options),
    ...(options.group === undefined ? {} : { group: options.group === 'none' ? null : options.group }),
    ...(options.address === undefined
      ? {}
      : { address: { profile: options.profile, ipv4: options.address } }),
  };
}
