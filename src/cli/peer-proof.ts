import { readFileSync } from 'node:fs';
import { TandemError } from '../core/errors.ts';
import { readSecret } from './secret-input.ts';

/** How the other machine is convinced, once: a private key from a file, or a password from a file, standard input or a prompt. */
export async function readProof(options: {
  readonly peer: string;
  readonly peerUser: string;
  readonly peerPasswordFile?: string;
  readonly peerKeyFile?: string;
}): Promise<{ readonly password: string } | { readonly privateKey: string }> {
  const { peer, peerUser, peerPasswordFile, peerKeyFile } = options;
  if (peerKeyFile === undefined) {
    return { password: await readSecret(peerPasswordFile, `Password of ${peerUser} on ${peer}:`) };
  }
  try {
    return { privateKey: readFileSync(peerKeyFile, 'utf8') };
  } catch (cause) {
    throw new TandemError({
      code: 'secret.unreadable',
      culprit: 'caller',
      message: `The key file ${peerKeyFile} cannot be read: ${cause instanceof Error ? cause.message : cause}`,
      hint: 'Name a readable private key',
      cause,
    });
  }
}
