import { z } from 'zod';
import { TandemError } from '../core/errors.ts';
import type { Remote } from './remote-command.ts';

const errorSchema = z.object({
  error: z.object({ code: z.string(), message: z.string(), hint: z.string() }),
});

/** Why the command on the other machine failed, as what there is to do about it. `stderr` is its own words. */
export function peerRefused(peer: Remote, code: number, stderr: string): TandemError {
  const line = stderr.trim().split('\n').at(-1) ?? '';
  if (/sudo: |not in the sudoers|a password is required|Sorry, try again/.test(stderr)) {
    return problem(
      'pair.peer.sudo',
      `${peer.user} may not use sudo on ${peer.address}: ${line}. Nothing was changed.`,
      /a password is required/.test(stderr) && peer.password === undefined
        ? 'Pair with the password in place of the key, or let sudo ask for none there'
        : `Name root, or let ${peer.user} use sudo there (usermod --append --groups sudo ${peer.user})`,
    );
  }
  if (code === 127 || /not found|No such file/.test(stderr)) {
    return problem(
      'pair.peer.not-installed',
      `There is no tandem command on ${peer.address}. Nothing was changed.`,
      'Install Tandem there, then run: tandem init',
    );
  }
  const said = errorSchema.safeParse(parsed(line));
  if (!said.success) {
    return problem(
      'pair.peer.refused',
      `${peer.address} did not accept the pair: ${line === '' ? 'it said nothing' : line}. Nothing was changed.`,
      `On ${peer.address}: sudo tandem status (or tandem init, if it is a new machine)`,
    );
  }
  const { error } = said.data;
  switch (error.code) {
    case 'pair.already-paired':
      return new TandemError({ ...error, culprit: 'operator', hint: freeIt });
    case 'pair.peer-is-primary':
    case 'pair.peer.version':
    case 'pair.peer.same-name':
    case 'pair.change.second-path':
    case 'pair.address6.invalid':
      return new TandemError({ ...error, culprit: 'operator' });
    case 'api.unreachable':
      return problem(
        'pair.peer.not-set-up',
        `Tandem is installed on ${peer.address}, but its service does not run. Nothing was changed.`,
        `Run there: tandem init, and answer no to "Will this be the primary node?"`,
      );
    default:
      return problem(
        'pair.peer.refused',
        `${peer.address} did not accept the pair: ${error.message}`,
        error.hint,
      );
  }
}

/** What to do about a machine that belongs to another pair. */
export const freeIt =
  'End that pair on its primary node: tandem failover remove. Where that one is gone for good: tandem init --erase DELETE there, after a backup (tandem backup create)';

/** The second node's own refusal of a primary that runs another version. */
export function otherVersion(own: string, other: string): TandemError {
  return problem(
    'pair.peer.version',
    `The primary node runs Tandem ${other}, the second ${own}. Nothing was changed.`,
    'Install the same version on both',
  );
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function problem(code: string, message: string, hint: string): TandemError {
  return new TandemError({ code, culprit: 'operator', message, hint });
}
