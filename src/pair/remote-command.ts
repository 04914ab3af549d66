import { createHash } from 'node:crypto';
import ssh2, { type ClientChannel } from 'ssh2';
import type { TandemError } from '../core/errors.ts';
import { connectionError, loginRefused, otherKey, tooSlow, unreadableKey } from './remote-errors.ts';

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
  /** As ssh shows it, `SHA256:…`: a machine that presents another key learns nothing. Undefined: any is taken. */
  readonly hostKeyFingerprint?: string | undefined;
}

export interface RemoteResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The host key it presented, `ssh-ed25519 AAAA…`. */
  readonly hostKey: string;
}

/**
 * Runs one command as root on the other machine, with `input` on its standard input; a user other than root goes
 * through sudo, which gets the same password. `onLogin` hears when it is let in, before the command has run.
 * @throws TandemError `pair.ssh.unreachable`, `pair.ssh.refused` (wrong user or password), `pair.ssh.timeout`,
 * `pair.ssh.no-answer` (nothing at all comes back), `pair.ssh.host-key`, `pair.ssh.no-host-key`, `pair.ssh.private-key`
 */
export function runRemotely(
  remote: Remote,
  command: string,
  input: string,
  onLogin: (fingerprint: string) => void = () => undefined,
): Promise<RemoteResult> {
  const asRoot = remote.user === 'root';
  const { password, privateKey } = remote;
  const parsed = privateKey === undefined ? undefined : ssh2.utils.parseKey(privateKey);
  if (parsed instanceof Error) return Promise.reject(unreadableKey(parsed.message));
  const sudo = password === undefined ? 'sudo -n --' : "sudo -S -p '' --";
  const line = asRoot ? command : `${sudo} ${command}`;
  const stdin = asRoot || password === undefined ? input : `${password}\n${input}`;
  return new Promise((resolve, reject) => {
    const client = new ssh2.Client();
    let presented: Buffer | undefined;
    let denied = false;
    const fail = (error: TandemError): void => {
      clearTimeout(timer);
      client.destroy();
      reject(error);
    };
    const timer = setTimeout(() => fail(tooSlow(remote)), commandTimeoutMs);
    client.on('ready', () => {
      onLogin(describeKey(presented).fingerprint);
      client.exec(line, (error, channel) => {
        if (error) fail(connectionError(remote, error));
        else
          collect(channel, stdin, (result) => {
            clearTimeout(timer);
            client.end();
            resolve({ ...result, hostKey: describeKey(presented).hostKey });
          });
      });
    });
    client.on('error', (error) => {
      if (denied) fail(otherKey(remote, describeKey(presented).fingerprint));
      else if (error.level === 'client-authentication') fail(loginRefused(remote));
      else fail(connectionError(remote, error));
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
        const { hostKeyFingerprint: wanted } = remote;
        denied = wanted !== undefined && wanted !== describeKey(key).fingerprint;
        return !denied;
      },
    });
  });
}

/**
 * The fingerprint of the host key that a machine presents, for a person to compare; nothing is sent beyond that.
 * @throws TandemError `pair.ssh.unreachable`, `pair.ssh.no-answer`, `pair.ssh.no-host-key`
 */
export function presentedHostKey(remote: Pick<Remote, 'address' | 'port'>): Promise<string> {
  const { address: host, port } = remote;
  return new Promise((resolve, reject) => {
    const client = new ssh2.Client();
    let presented: Buffer | undefined;
    client.on('error', (error) => {
      client.destroy();
      if (presented !== undefined) resolve(describeKey(presented).fingerprint);
      else reject(connectionError(remote, error));
    });
    client.connect({
      host,
      port,
      username: 'root',
      readyTimeout: connectTimeoutMs,
      algorithms: { serverHostKey: ['ssh-ed25519'] },
      hostVerifier: (key: Buffer) => {
        presented = key;
        return false;
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
