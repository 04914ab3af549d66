import { createHash } from 'node:crypto';
import { Client, type ClientChannel } from 'ssh2';
import { TandemError } from '../core/errors.ts';

const connectTimeoutMs = 10_000;
const commandTimeoutMs = 60_000;
const mostOutput = 65_536;

/** A machine reached once by SSH with a password or a private key that is not kept. */
export interface Remote {
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly password?: string | undefined;
  /** OpenSSH or PEM, without a passphrase; sudo must then ask for none. */
  readonly privateKey?: string | undefined;
}

export interface RemoteResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The host key it presented, `ssh-ed25519 AAAA…`, and its fingerprint as ssh shows it. */
  readonly hostKey: string;
  readonly fingerprint: string;
}

/**
 * Runs one command as root on the other machine, with `input` on its standard input; a user other than root goes
 * through sudo, which gets the same password.
 * @throws TandemError `pair.ssh.unreachable`, `pair.ssh.refused` (wrong user or password), `pair.ssh.timeout`
 */
export function runRemotely(remote: Remote, command: string, input: string): Promise<RemoteResult> {
  const asRoot = remote.user === 'root';
  const { password, privateKey } = remote;
  const sudo = password === undefined ? 'sudo -n --' : "sudo -S -p '' --";
  const line = asRoot ? command : `${sudo} ${command}`;
  const stdin = asRoot || password === undefined ? input : `${password}\n${input}`;
  return new Promise((resolve, reject) => {
    const client = new Client();
    let presented: Buffer | undefined;
    const timer = setTimeout(() => fail('timeout', 'it did not answer in time'), commandTimeoutMs);
    const fail = (kind: 'unreachable' | 'refused' | 'timeout', reason: string): void => {
      clearTimeout(timer);
      client.destroy();
      reject(sshError(remote, kind, reason));
    };
    client.on('ready', () => {
      client.exec(line, (error, channel) => {
        if (error) fail('unreachable', error.message);
        else
          collect(channel, stdin, (result) => {
            clearTimeout(timer);
            client.end();
            resolve({ ...result, ...describeKey(presented) });
          });
      });
    });
    client.on('error', (error) => {
      fail(error.level === 'client-authentication' ? 'refused' : 'unreachable', error.message);
    });
    client.connect({
      host: remote.address,
      port: remote.port,
      username: remote.user,
      ...(password === undefined ? {} : { password }),
      ...(privateKey === undefined ? {} : { privateKey }),
      readyTimeout: connectTimeoutMs,
      // The key that is pinned for replication, which asks for the same kind.
      algorithms: { serverHostKey: ['ssh-ed25519'] },
      hostVerifier: (key: Buffer) => {
        presented = key;
        return true;
      },
    });
  });
}

function collect(
  channel: ClientChannel,
  input: string,
  done: (result: { code: number; stdout: string; stderr: string }) => void,
): void {
  let stdout = '';
  let stderr = '';
  let code = -1;
  channel.setEncoding('utf8');
  channel.stderr.setEncoding('utf8');
  channel.on('data', (text: string) => {
    stdout = (stdout + text).slice(0, mostOutput);
  });
  channel.stderr.on('data', (text: string) => {
    stderr = (stderr + text).slice(0, mostOutput);
  });
  channel.on('exit', (status: number | null) => {
    code = status ?? -1;
  });
  channel.on('close', () => done({ code, stdout, stderr }));
  channel.end(input);
}

function describeKey(key: Buffer | undefined): { hostKey: string; fingerprint: string } {
  const blob = key ?? Buffer.alloc(0);
  const digest = createHash('sha256').update(blob).digest('base64').replace(/=+$/, '');
  return { hostKey: `ssh-ed25519 ${blob.toString('base64')}`, fingerprint: `SHA256:${digest}` };
}

function sshError(remote: Remote, kind: 'unreachable' | 'refused' | 'timeout', reason: string): TandemError {
  const where = `${remote.user}@${remote.address} port ${remote.port}`;
  return new TandemError({
    code: `pair.ssh.${kind}`,
    culprit: 'caller',
    message:
      kind === 'refused'
        ? `SSH refused ${where}: the user name or the password is wrong, or sshd does not allow it. Nothing was changed.`
        : `SSH to ${where} failed: ${reason}. Nothing was changed.`,
    hint:
      kind === 'refused'
        ? 'Check user and password; for root, sshd needs "PermitRootLogin yes" while you pair'
        : 'Check the address and the port, that sshd runs there, and the firewall between the nodes',
  });
}
