import type { Command } from 'commander';
import { type CertificateListView, certificateListSchema } from '../../api/overview-contract.ts';
import { callApi } from '../api-client.ts';
import { print, table } from '../output.ts';

const mostAtOnce = 1_000;
const soonMs = 30 * 86_400_000;

export function addCertificateCommands(program: Command): void {
  program
    .command('certificate')
    .description('certificates of profiles')
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
