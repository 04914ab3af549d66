import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { TandemError } from '../../core/errors.ts';

export interface PublicKey {
  /** `ssh-ed25519`. */
  readonly algorithm: string;
  /** The key as SSH sends it (RFC 4253 §6.6). */
  readonly blob: Buffer;
}

/** Reads `ssh-ed25519 AAAA… comment`. Throws `replication.public-key` for anything else. */
export function parsePublicKey(text: string): PublicKey {
  const [algorithm, base64] = text.trim().split(/\s+/);
  const blob = Buffer.from(base64 ?? '', 'base64');
  // u32 length, "ssh-ed25519", u32 length, 32 bytes (RFC 8709 §4)
  if (algorithm === 'ssh-ed25519' && blob.length === 51 && blob.toString('latin1', 4, 15) === algorithm) {
    return { algorithm, blob };
  }
  throw new TandemError({
    code: 'replication.public-key',
    culprit: 'operator',
    message: `${JSON.stringify(text.slice(0, 80))} is not an ed25519 public key`,
    hint: 'It is one line that begins with ssh-ed25519, as in /etc/ssh/ssh_host_ed25519_key.pub.',
  });
}

/** `ssh-ed25519 AAAA…`, without a comment. */
export function formatPublicKey(key: PublicKey): string {
  return `${key.algorithm} ${key.blob.toString('base64')}`;
}

/** `SHA256:…`, as ssh-keygen shows it. */
export function fingerprint(blob: Uint8Array): string {
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
}

/** This machine's own host key, to be pinned by the other node: `ssh-ed25519 AAAA…`. */
export async function readHostKey(path = '/etc/ssh/ssh_host_ed25519_key.pub'): Promise<string> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new TandemError({
      code: 'replication.no-host-key',
      culprit: 'operator',
      message: `the SSH host key ${path} cannot be read`,
      hint: 'Install the SSH server (`apt install openssh-server`) or make its keys (`ssh-keygen -A`).',
      cause: error,
    });
  }
  return formatPublicKey(parsePublicKey(text));
}
