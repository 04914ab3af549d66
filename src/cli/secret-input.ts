import { readFileSync } from 'node:fs';
import password from '@inquirer/password';
import { TandemError } from '../core/errors.ts';

const longestSecret = 4_096;

/**
 * A password from where it cannot be seen by others: a file, standard input (`-`), or a prompt without echo. Never an
 * argument. One trailing newline is not part of it.
 */
export async function readSecret(source: string | undefined, question: string): Promise<string> {
  const text =
    source === undefined && process.stdin.isTTY
      ? await password({ message: question })
      : readSource(source ?? '-');
  const secret = text.replace(/\r?\n$/, '');
  if (secret === '' || secret.length > longestSecret || /[\r\n]/.test(secret)) {
    throw new TandemError({
      code: 'secret.malformed',
      culprit: 'caller',
      message: `The password must be one line of 1 to ${longestSecret} characters.`,
      hint: 'Give it on standard input with --password-file -, or in a file',
    });
  }
  return secret;
}

function readSource(source: string): string {
  try {
    return readFileSync(source === '-' ? 0 : source, 'utf8');
  } catch (cause) {
    throw new TandemError({
      code: 'secret.unreadable',
      culprit: 'caller',
      message: `The password file ${source} cannot be read: ${cause instanceof Error ? cause.message : cause}`,
      hint: 'Name a readable file, or - for standard input',
      cause,
    });
  }
}
