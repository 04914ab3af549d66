import { readFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import {
  type AcmeRequest,
  type WebCertificateView,
  webCertificateAnswerSchema,
  webCertificateSchema,
} from '../../api/web-certificate-contract.ts';
import { TandemError } from '../../core/errors.ts';
import { letsEncrypt } from '../../settings/acme.ts';
import { callApi } from '../api-client.ts';
import { print } from '../output.ts';
import { protectionNote } from './protection.ts';

interface SetOptions {
  readonly certificate: string;
  readonly key: string;
  readonly chain?: string;
  readonly dryRun?: true;
  readonly json?: true;
}

interface AcmeOptions {
  readonly domain: readonly string[];
  readonly email: string;
  readonly directory: string;
  readonly directoryCa?: string;
  readonly json?: true;
}

export function addWebCommands(program: Command): void {
  const web = program.command('web').description('the pages of the pair');
  const certificate = web
    .command('certificate')
    .description('how the pages prove themselves to browsers, the same on both nodes');

  certificate
    .command('show')
    .description('whose certificate is served, for which names and until when')
    .option('--json', 'print JSON')
    .action(async (options: { json?: true }) => {
      const view = webCertificateSchema.parse(await callApi('GET', '/web/certificate'));
      print(options.json === true, view, () => inWords(view));
    });

  certificate
    .command('set')
    .description('serve a certificate that somebody else issued; it is checked first')
    .requiredOption('--certificate <file>', 'the certificate in PEM; its issuers may follow in the same file')
    .requiredOption('--key <file>', 'its private key in PEM, without a password')
    .option('--chain <file>', 'the certificates of its issuers in PEM, in any order')
    .option('--dry-run', 'check it and change nothing')
    .option('--json', 'print JSON')
    .action(async (options: SetOptions) => {
      const chain = options.chain === undefined ? '' : `\n${read(options.chain)}`;
      const answer = webCertificateAnswerSchema.parse(
        await callApi('PUT', '/web/certificate', {
          certificate: read(options.certificate) + chain,
          privateKey: read(options.key),
          dryRun: options.dryRun === true,
        }),
      );
      print(options.json === true, answer, () =>
        options.dryRun === true
          ? `It can be used. Nothing was changed.\n${inWords(answer)}`
          : `The pages are served with it${protectionNote(answer)}.\n${inWords(answer)}`,
      );
    });

  addOrder(certificate);

  certificate
    .command('reset')
    .description('back to a certificate that the pair makes and renews itself; nothing is ordered any more')
    .option('--json', 'print JSON')
    .action(async (options: { json?: true }) => {
      const answer = webCertificateAnswerSchema.parse(await callApi('DELETE', '/web/certificate'));
      print(
        options.json === true,
        answer,
        () => `The pages have a certificate of their own again${protectionNote(answer)}.\n${inWords(answer)}`,
      );
    });
}

function addOrder(certificate: Command): void {
  certificate
    .command('acme')
    .description(
      'order a certificate and renew it in time, accepting the terms of the authority; it asks on port 80 of the shared address',
    )
    .requiredOption('--domain <name...>', 'a name that leads to the shared address; may be repeated')
    .requiredOption('--email <address>', 'whom the authority may write to')
    .addOption(
      new Option('--directory <url>', 'where the authority describes itself').default(
        letsEncrypt,
        "Let's Encrypt",
      ),
    )
    .option('--directory-ca <file>', 'whom to trust there, in PEM, for an authority within a company')
    .option('--json', 'print JSON')
    .action(async (options: AcmeOptions) => {
      const { domain, email, directory, directoryCa } = options;
      const wish: AcmeRequest = {
        domains: domain.map((name) => name.toLowerCase()),
        email,
        directory,
        ...(directoryCa === undefined ? {} : { directoryCa: read(directoryCa) }),
      };
      const answer = webCertificateAnswerSchema.parse(await callApi('PUT', '/web/certificate/acme', wish));
      print(
        options.json === true,
        answer,
        () => `The pages are served with it${protectionNote(answer)}.\n${inWords(answer)}`,
      );
    });
}

const sources = {
  own: 'made and renewed by the pair itself',
  brought: 'brought by an administrator',
  acme: 'ordered, and renewed by itself',
} as const;

function inWords(view: WebCertificateView): string {
  const rows: [string, string][] = [
    ['certificate', `${view.subject}, ${sources[view.source]}`],
    ['issued by', view.issuer],
    ['names', view.names.join(', ')],
    ['not named', view.notNamed.length === 0 ? '-' : `${view.notNamed.join(', ')}: browsers warn there`],
    ['until', view.notAfter.slice(0, 10)],
    ['key', view.keyType],
    ['SHA-256', view.fingerprint],
    ...(view.acme === null ? [] : [['ordered from', view.acme.directory] as [string, string]]),
    ...view.warnings.map((words): [string, string] => ['warning', words]),
  ];
  return rows.map(([name, value]) => `${name.padEnd(13)} ${value}`).join('\n');
}

function read(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (cause) {
    throw new TandemError({
      code: 'cli.web.unreadable',
      culprit: 'caller',
      message: `${file} cannot be read: ${cause instanceof Error ? cause.message : cause}`,
      hint: 'Name a file that you may read, or - for standard input',
      cause,
    });
  }
}
