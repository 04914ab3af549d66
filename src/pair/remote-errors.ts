import { TandemError } from '../core/errors.ts';
import type { Remote } from './remote-command.ts';

type Place = Pick<Remote, 'address' | 'port'>;

/** Why there is no connection: each reason has a remedy of its own. */
export function connectionError(
  { address, port }: Place,
  error: Error & { readonly level?: string; readonly code?: string },
): TandemError {
  if (error.code === 'ECONNREFUSED')
    return problem(
      'pair.ssh.unreachable',
      `${address} is there, but port ${port} is closed.`,
      'Start sshd there, or name the port that it has; a firewall that rejects looks the same',
    );
  if (error.level === 'client-timeout' || error.code === 'ETIMEDOUT' || error.code === 'EHOSTUNREACH')
    return problem(
      'pair.ssh.no-answer',
      `Nothing comes back from ${address} port ${port}: the machine is off, the address is another one, or a firewall drops what comes.`,
      `Check the address, and let TCP port ${port} pass in the firewalls between the nodes`,
    );
  if (/host key/.test(error.message))
    return problem(
      'pair.ssh.no-host-key',
      `${address} has no SSH host key of the kind ED25519, which is the one that is pinned.`,
      'Run there: ssh-keygen -A, then restart sshd',
    );
  return problem(
    'pair.ssh.unreachable',
    `SSH to ${address} port ${port} failed: ${error.message}.`,
    'Check the address and the port, that sshd runs there, and the firewall between the nodes',
  );
}

export function loginRefused({ address, user, password }: Remote): TandemError {
  const proof = password === undefined ? 'private key' : 'password';
  return problem(
    'pair.ssh.refused',
    `SSH refused ${user}@${address}: the user name or the ${proof} is wrong, or sshd does not allow it.`,
    password === undefined
      ? `Put the public half of the key into ~${user}/.ssh/authorized_keys there`
      : 'Check user and password; for root, sshd needs "PermitRootLogin yes" while you pair',
  );
}

export function otherKey({ address }: Remote, presented: string): TandemError {
  return new TandemError({
    code: 'pair.ssh.host-key',
    culprit: 'operator',
    message: `${address} presents the SSH host key ${presented}, not the one that was confirmed. It was told nothing, and nothing was changed.`,
    hint: 'On that machine: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub, and compare',
  });
}

export function tooSlow({ address }: Remote): TandemError {
  return problem(
    'pair.ssh.timeout',
    `The tandem command on ${address} did not end in time.`,
    'Look there: tandem status; journalctl -u tandem',
  );
}

export function unreadableKey(reason: string): TandemError {
  return problem(
    'pair.ssh.private-key',
    `The private key cannot be read: ${reason}.`,
    'Give an OpenSSH or PEM key without a passphrase (ssh-keygen -p -N "" -f COPY takes one away)',
  );
}

function problem(code: string, message: string, hint: string): TandemError {
  return new TandemError({ code, culprit: 'caller', message: `${message} Nothing was changed.`, hint });
}
