import { execFile } from 'node:child_process';
import { chmod, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { TandemError } from '../../core/errors.ts';
import { formatPublicKey, parsePublicKey } from './public-key.ts';

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
  const current = join(directory, 'replication_ed25519');
  const privateKeyPath = `${current}.next`;
  // The last exchange was cut off between its two renames: it had been decided.
  if ((await exists(privateKeyPath)) && !(await exists(`${privateKeyPath}.pub`)))
    await rename(privateKeyPath, current);
  return ensureKey(privateKeyPath);
}

async function ensureKey(privateKeyPath: string): Promise<ReplicationKey> {
  if (!(await exists(privateKeyPath))) {
    const made = `${privateKeyPath}.made`;
    await Promise.all([rm(made, { force: true }), rm(`${made}.pub`, { force: true })]);
    await generate(made);
    // The private one last: once it is there, both are.
    await rename(`${made}.pub`, `${privateKeyPath}.pub`);
    await rename(made, privateKeyPath);
  }
  await chmod(privateKeyPath, 0o600);
  const publicKey = await readFile(`${privateKeyPath}.pub`, 'utf8');
  return { privateKeyPath, publicKey: formatPublicKey(parsePublicKey(publicKey)) };
}

/** From now on it is this node's key. */
export async function adoptNextKey(directory: string): Promise<void> {
  const current = join(directory, 'replication_ed25519');
  await rename(`${current}.next.pub`, `${current}.pub`);
  await rename(`${current}.next`, current);
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
