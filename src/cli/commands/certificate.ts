import type { Command } from 'commander';
import { writeAnswerSchema } from '../../api/contract.ts';
import { type CertificateListView, certificateListSchema } from '../../api/overview-contract.ts';
import { TandemError } from '../../core/errors.ts';
import { callApi } from '../api-client.ts';
import { print, table } from '../output.ts';
import { printProfile } from './profile.ts';
import { protectionNote } from './protection.ts';

const mostAtOnce = 1_000;
const soonMs = 30 * 86_400_000;

export function addCertificateCommands(program: Command): void {
  const certificate = program.command('certificate').description('certificates of profiles and servers');

  certificate
    .command('list')
    .description(
      'list the certificates of profiles with their ends; tandem profile get makes one that ends soon anew',
    )
    .option('--ending', 'only those that end within 30 days')
    .option('--revoked', 'those that were revoked')
    .option('--json', 'print JSON')
    .action(async (options: { ending?: true; revoked?: true; json?: true }) => {
      const all = await certificates(options.revoked === true ? 'revoked' : 'in-force');
      const shown = all.filter(
        (one) => options.ending !== true || Date.parse(one.expiresAt) - Date.now() <= soonMs,
      );
      print(options.json === true, { certificates: shown }, () =>
        shown.length === 0
          ? 'There are none.'
          : table(
              ['USER', 'PROFILE', 'ENDS', 'REVOKED', 'SERIAL'],
              shown.map((one) => [
                one.user,
                one.profile,
                one.expiresAt.slice(0, 10),
                one.revokedAt === null
                  ? '-'
                  : `${one.revokedAt.slice(0, 10)} ${one.revocationReason ?? ''}`.trim(),
                one.serial,
              ]),
            ),
      );
    });

  addRenewal(certificate);
}

function addRenewal(certificate: Command): void {
  certificate
    .command('renew [user]')
    .description(
      "make a user's profile anew now and print it; the one given out before works until its own end. With --servers: the certificate of the servers",
    )
    .option('--name <profile>', 'which profile', 'default')
    .option('--output <file>', 'write the profile to a file that only you can read')
    .option('--servers', 'the certificate that both nodes show to clients; each server process restarts once')
    .option('--json', 'print JSON')
    .action(async (user: string | undefined, options: RenewOptions) => {
      if ((user === undefined) === (options.servers === undefined)) throw whose();
      if (user === undefined) {
        const answer = writeAnswerSchema.parse(await callApi('POST', '/certificates/servers/renew'));
        print(
          options.json === true,
          answer,
          () => `The servers have a new certificate${protectionNote(answer)}; profiles stay as they are.`,
        );
      } else await printProfile(user, { name: options.name, renew: true }, options);
    });
}

interface RenewOptions {
  readonly name: string;
  readonly output?: string;
  readonly servers?: true;
  readonly json?: true;
}

function whose(): TandemError {
  return new TandemError({
    code: 'cli.certificate.whose',
    culprit: 'caller',
    message: 'Say whose certificate is to be renewed: that of one profile, or that of the servers.',
    hint: 'For example: tandem certificate renew alice --name phone, or: tandem certificate renew --servers',
  });
}

async function certificates(state: 'in-force' | 'revoked'): Promise<CertificateListView['certificates']> {
  const found: CertificateListView['certificates'][number][] = [];
  for (;;) {
    const path = `/certificates?state=${state}&offset=${found.length}&limit=${mostAtOnce}`;
    const page = certificateListSchema.parse(await callApi('GET', path));
    found.push(...page.certificates);
    if (page.certificates.length === 0 || found.length >= page.total) return found;
  }
}
