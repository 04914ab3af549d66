import { execFileSync } from 'node:child_process';
import { TandemError } from '../core/errors.ts';
import { paths } from '../settings/paths.ts';

/**
 * The system user that the server runs as and by which the other node brings its changes. It has no password; what it
 * may do over SSH is bound to one command in its `authorized_keys`.
 */
export function ensureServiceAccount(name: string): void {
  if (exists(name)) return;
  run('useradd', [...systemUser, '--home-dir', paths.stateDirectory, '--shell', '/bin/sh', name]);
  // `*` is no password but, unlike `!`, not a locked account, which sshd may refuse altogether: sshd(8).
  run('usermod', ['--password', '*', name]);
}

/** A system user that owns nothing and cannot log in. */
export function ensureNobodyAccount(name: string): void {
  if (exists(name)) return;
  run('useradd', [...systemUser, '--home-dir', '/nonexistent', '--shell', '/usr/sbin/nologin', name]);
}

const systemUser = ['--system', '--user-group', '--no-create-home'] as const;

function exists(name: string): boolean {
  try {
    execFileSync('getent', ['passwd', name], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function run(program: string, words: readonly string[]): void {
  try {
    execFileSync(program, words, { stdio: ['ignore', 'ignore', 'pipe'] });
  } catch (cause) {
    throw new TandemError({
      code: 'setup.account',
      culprit: 'operator',
      message: `The system user could not be made: ${cause instanceof Error ? cause.message : cause}`,
      hint: 'Check that useradd works on this machine (package passwd)',
      cause,
    });
  }
}
