import { execFile } from 'node:child_process';
import { chmod, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import ssh2 from 'ssh2';
import { TandemError } from '../../core/errors.ts';

const run = promisify(execFile);

export interface ReplicationKey {
  readonly privateKeyPath: string;
  /** `ssh-ed25519 AAAA…`. */
  readonly publicKey: string;
}

/** This node's key for replication, made in `directory` (0700) when it is not there yet. The private file is 0600. */
export async function ensureReplicationKey(directory: string): Promise<ReplicationKey> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  return ensureKey(join(directory, 'replication_ed25519'));
}

/** The key that is to take the place of this node's: made beside it when there is none yet, and not used by itself. */
export async function ensureNextKey(directory: string): Promise<ReplicationKey> {
  return ensureKey(join(directory, 'replication_ed25519.next'));
}

/** The private file is the key, and holds the public half too. The file beside it is for people, and follows it. */
async function ensureKey(privateKeyPath: string): Promise<ReplicationKey> {
  if (!(await exists(privateKeyPath))) {
    const made = `${privateKeyPath}.made`;
    await Promise.all([rm(made, { force: true }), rm(`${made}.pub`, { force: true })]);
    await generate(made);
    await rename(made, privateKeyPath);
    await rm(`${made}.pub`, { force: true });
  }
  await chmod(privateKeyPath, 0o600);
  const publicKey = publicHalf(await readFile(privateKeyPath, 'utf8'), privateKeyPath);
  const shown = await readFile(`${privateKeyPath}.pub`, 'utf8').catch(() => '');
  if (!shown.startsWith(`${publicKey} `))
    await writeWhole(`${privateKeyPath}.pub`, `${publicKey} tandem-replication\n`, 0o644);
  return { privateKeyPath, publicKey };
}

/** From now on it is this node's key; in one step. */
export async function adoptNextKey(directory: string): Promise<void> {
  const current = join(directory, 'replication_ed25519');
  await rename(`${current}.next`, current);
  await rm(`${current}.next.pub`, { force: true });
  await ensureKey(current);
}

function publicHalf(privateKey: string, path: string): string {
  const parsed = ssh2.utils.parseKey(privateKey);
  if (!(parsed instanceof Error) && parsed.isPrivateKey())
    return `${parsed.type} ${parsed.getPublicSSH().toString('base64')}`;
  throw new TandemError({
    code: 'replication.key-damaged',
    culprit: 'operator',
    message: `${path} does not hold a private key as ssh-keygen writes it`,
    hint: `Move it away and restart Tandem; then make the pair or the follower anew with the key that is made`,
  });
}

/**
 * By ssh-keygen: ssh2's own generator drops a leading zero byte of the public key, which makes one key in 256 unreadable.
 * The key has no passphrase, since the service uses it unattended.
 */
async function generate(path: string): Promise<void> {
  try {
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'tandem-replication', '-f', path]);
  } catch (cause) {
    throw new TandemError({
      code: 'replication.key-not-made',
      culprit: 'operator',
      message: `the key for replication could not be made: ${cause instanceof Error ? cause.message : cause}`,
      hint: 'Install the SSH client: apt-get install openssh-client',
      cause,
    });
  }
}

/** Either the old file or the new one is there whole, also after a crash. */
export async function writeWhole(
  path: string,
  content: string,
  mode: number,
  owner?: { readonly uid: number; readonly gid: number },
): Promise<void> {
  const temporary = `${path}.new`;
  const file = await open(temporary, 'w', mode);
  try {
    await file.chmod(mode);
    if (owner !== undefined) await file.chown(owner.uid, owner.gid);
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );
}
