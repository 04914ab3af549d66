import { createReadStream, createWriteStream, existsSync, renameSync, rmSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';
import { restoreSchema } from '../../api/backup-contract.ts';
import { encrypt } from '../../backup/age.ts';
import type { Manifest } from '../../backup/container.ts';
import { plainOf, type Verified, verifyBackup } from '../../backup/receive.ts';
import { TandemError } from '../../core/errors.ts';
import { readApiBytes, sendApiBytes } from '../api-bytes.ts';
import { print } from '../output.ts';
import { readSecret } from '../secret-input.ts';

interface CreateOptions {
  accountsOnly?: true;
  encrypt?: true;
  passphraseFile?: string;
  json?: true;
}

interface RestoreOptions {
  dryRun?: true;
  force?: true;
  passphraseFile?: string;
  json?: true;
}

export function addBackupCommands(program: Command): void {
  const backup = program.command('backup').description('all data of the server in one file, and back');

  backup
    .command('create <file>')
    .description('write a backup; it holds every secret of the server, and only you can read it')
    .option('--accounts-only', 'users, groups and certificates, to add them to another server')
    .option('--encrypt', 'ask for a passphrase; `age --decrypt` can read the file too')
    .option('--passphrase-file <file>', 'encrypt with the passphrase in a file, or - for standard input')
    .option('--json', 'print JSON')
    .action(async (file: string, options: CreateOptions) => {
      if (existsSync(file)) throw fileExists(file);
      const secret =
        options.encrypt === true || options.passphraseFile !== undefined
          ? await readSecret(options.passphraseFile, 'Passphrase of the backup:')
          : undefined;
      const { manifest } = await create(file, options.accountsOnly === true ? 'accounts' : 'whole', secret);
      const view = { file, encrypted: secret !== undefined, ...manifest };
      print(
        options.json === true,
        view,
        () =>
          `${file}: ${manifest.kind === 'whole' ? 'everything' : 'users and certificates'} of ${manifest.node} at ${manifest.position}, ${manifest.bytes} bytes, ${secret === undefined ? 'NOT encrypted: whoever can read it has every key of the server' : 'encrypted'}.`,
      );
    });

  backup
    .command('verify <file>')
    .description('check all of a backup, as restoring does first; needs no running service')
    .option('--passphrase-file <file>', 'read the passphrase from a file, or - for standard input')
    .option('--json', 'print JSON')
    .action(async (file: string, options: { passphraseFile?: string; json?: true }) => {
      const verified = await verifyBackup(openBackup(file, options.passphraseFile));
      const { manifest, ...counts } = verified;
      const { kind, node, createdAt, position } = manifest;
      print(
        options.json === true,
        { file, ...manifest, ...counts },
        () =>
          `${file} is whole: ${kind === 'whole' ? 'everything' : 'users and certificates'} of ${node} at ${createdAt}, position ${position}, ${counts.users} user(s), ${counts.certificates} certificate(s).`,
      );
    });

  backup
    .command('restore <file>')
    .description(
      'check all of a backup, then put it in place; one of --accounts-only is added to what is there',
    )
    .option('--dry-run', 'say what it would do and change nothing')
    .option('--force', 'also on the active node of a pair, where it undoes later changes on both nodes')
    .option('--passphrase-file <file>', 'read the passphrase from a file, or - for standard input')
    .option('--json', 'print JSON')
    .action(async (file: string, options: RestoreOptions) => {
      const plain = openBackup(file, options.passphraseFile);
      const query = `dry-run=${options.dryRun === true}&force=${options.force === true}`;
      const view = restoreSchema.parse(await sendApiBytes(`/backup/restore?${query}`, plain));
      print(options.json === true, view, () => view.sentence);
    });
}

/** Writes beside the file, reads all of it back, and only then gives it its name. */
async function create(file: string, kind: Manifest['kind'], secret: string | undefined): Promise<Verified> {
  const partial = `${file}.partial`;
  try {
    rmSync(partial, { force: true });
    const plain = await readApiBytes(`/backup?kind=${kind}`);
    const bytes = secret === undefined ? plain : encrypt(plain, secret);
    await pipeline(bytes, createWriteStream(partial, { mode: 0o600, flags: 'wx', flush: true }));
    const verified = await verifyBackup(plainOf(createReadStream(partial), async () => secret));
    renameSync(partial, file);
    return verified;
  } catch (error) {
    rmSync(partial, { force: true });
    if (error instanceof TandemError || !(error instanceof Error)) throw error;
    throw new TandemError({
      code: 'backup.file',
      culprit: 'operator',
      message: `${file} cannot be written: ${error.message}`,
      hint: 'Choose a folder that exists and has room',
      cause: error,
    });
  }
}

function openBackup(file: string, passphraseFile: string | undefined): AsyncGenerator<Uint8Array, void> {
  return plainOf(bytesOf(file), () => readSecret(passphraseFile, 'Passphrase of the backup:'));
}

async function* bytesOf(file: string): AsyncGenerator<Uint8Array, void> {
  try {
    yield* createReadStream(file);
  } catch (cause) {
    throw new TandemError({
      code: 'backup.file',
      culprit: 'caller',
      message: `${file} cannot be read: ${cause instanceof Error ? cause.message : cause}`,
      hint: 'Name a file that `tandem backup create` wrote',
      cause,
    });
  }
}

function fileExists(file: string): TandemError {
  return new TandemError({
    code: 'backup.exists',
    culprit: 'caller',
    message: `${file} exists already. Nothing was changed.`,
    hint: 'Choose another name, or remove it first',
  });
}
