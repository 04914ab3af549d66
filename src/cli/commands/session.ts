import type { Command } from 'commander';
import { disconnectAnswerSchema, type SessionView, sessionListSchema } from '../../api/session-contract.ts';
import { callApi } from '../api-client.ts';
import { print, table } from '../output.ts';

export function addSessionCommands(program: Command): void {
  const session = program.command('session').description('clients that are connected');

  session
    .command('list')
    .description('who is connected, from where, since when and with what')
    .option('--json', 'print JSON')
    .action(async (options: { json?: true }) => {
      const answer = sessionListSchema.parse(await callApi('GET', '/sessions'));
      print(options.json === true, answer, () =>
        [
          ...(answer.from === 'peer'
            ? ['As the active node told this one; bytes are counted there.', '']
            : []),
          answer.sessions.length === 0 ? 'Nobody is connected.' : sessionTable(answer.sessions),
        ].join('\n'),
      );
    });

  session
    .command('disconnect <user-or-id>')
    .description(
      "end a user's sessions, or the one session of that id; the client is told and ends, but may come again",
    )
    .option('--reason <words>', 'what the client is told', 'disconnected by the administrator')
    .option('--json', 'print JSON')
    .action(async (which: string, options: { reason: string; json?: true }) => {
      const { sessions } = sessionListSchema.parse(await callApi('GET', '/sessions'));
      const kind = sessions.some((one) => one.id === which) ? 'sessions' : 'users';
      const answer = disconnectAnswerSchema.parse(
        await callApi('POST', `/${kind}/${encodeURIComponent(which)}/disconnect`, { reason: options.reason }),
      );
      print(options.json === true, answer, () => `${answer.disconnected} session(s) ended.`);
    });
}

function sessionTable(sessions: readonly SessionView[]): string {
  return table(
    ['ID', 'USER', 'PROFILE', 'FROM', 'VPN ADDRESS', 'IN', 'OUT', 'SINCE', 'CLIENT'],
    sessions.map((one) => [
      one.id,
      one.user,
      one.profile,
      `${one.realAddress}:${one.realPort}`,
      one.vpnAddress,
      amount(one.bytesReceived),
      amount(one.bytesSent),
      one.since.slice(0, 19),
      `${one.clientVersion ?? '?'} ${one.clientPlatform ?? ''}`.trim(),
    ]),
  );
}

function amount(bytes: number | null): string {
  if (bytes === null) return '-';
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  return `${(bytes / 1_000 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
}
