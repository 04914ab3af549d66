import type { Command } from 'commander';
import { toString as drawQrCode } from 'qrcode';
import { oneTimeKeyAnswerSchema, writeAnswerSchema } from '../../api/contract.ts';
import { callApi } from '../api-client.ts';
import { print } from '../output.ts';
import { protectionNote } from './protection.ts';

export function addOneTimeCodeCommand(user: Command): void {
  user
    .command('otp <name>')
    .description("show the key of a user's one-time codes as a QR code, making it first when there is none")
    .option('--renew', 'make a new key: the old one, on a lost phone for example, is worth nothing any more')
    .option('--remove', 'ask this user for the password alone')
    .option('--json', 'print JSON')
    .action(async (name: string, options: { renew?: true; remove?: true; json?: true }) => {
      const path = `/users/${encodeURIComponent(name)}/one-time-code`;
      const json = options.json === true;
      if (options.remove === true) {
        const removed = writeAnswerSchema.parse(await callApi('DELETE', path));
        print(json, removed, () => `One-time codes of ${name} switched off${protectionNote(removed)}.`);
        return;
      }
      const answer = oneTimeKeyAnswerSchema.parse(
        await callApi('POST', path, { renew: options.renew === true }),
      );
      const drawing = await drawQrCode(answer.uri, { type: 'utf8' });
      print(json, answer, () =>
        [
          drawing.trimEnd(),
          '',
          `key      ${answer.key}`,
          `address  ${answer.uri}`,
          '',
          answer.created
            ? `From now on ${name} needs a one-time code${protectionNote(answer)}. Give out the profile anew: only a new one asks for it.`
            : `${name} has had this key before.`,
        ].join('\n'),
      );
    });
}
