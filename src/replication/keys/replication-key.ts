import { chmod, mkdir, open, readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { formatPublicKey, parsePublicKey } from './public-key.ts';

export interface ReplicationKey {
  readonly privateKeyPath: string;
  /** `ssh-ed25519 AAAA…`. */
  readonly publicKey: string;
}

/** This node's key for replication, made in `directory` (0700) when it is not there yet. The private file is 0600. */
export async function ensureReplicationKey(directory: string): Promise<ReplicationKey> {
  const privateKeyPath = join(directory, 'replication_ed25519');
  await mkdir(directory, { recursive: true, mode: 0o700 });
  if (!(await exists(privateKeyPath))) {
    const pair = ssh2.utils.generateKeyPairSync('ed25519', { comment: 'tandem-replication' });
    await writeWhole(`${privateKeyPath}.pub`, `${pair.public}\n`, 0o644);
    // The private one last: once it is there, both are.
    await writeWhole(privateKeyPath, pair.private, 0o600);
  }
  await chmod(privateKeyPath, 0o600);
  const publicKey = await readFile(`${privateKeyPath}.pub`, 'utf8');
  return { privateKeyPath, publicKey: formatPublicKey(parsePublicKey(publicKey)) };
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
