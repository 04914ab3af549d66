import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { authorizedKeyLine } from '../../../src/replication/keys/authorized-keys.ts';
import { readHostKey } from '../../../src/replication/keys/public-key.ts';
import { ensureReplicationKey, type ReplicationKey } from '../../../src/replication/keys/replication-key.ts';

const bridge = new URL('../../unit/replication/bridge-process.ts', import.meta.url).pathname;
const node = [process.execPath, '--disable-warning=ExperimentalWarning'];
let made = 0;

/**
 * The real sshd, in a network namespace that has nothing but its own loopback, with configuration, host key and
 * authorized keys in a directory of its own. The forced command is the product's.
 */
export class LoopbackSshd {
  readonly port = 2222;
  readonly namespace: string;
  readonly folder: string;
  readonly key: ReplicationKey;
  readonly hostKey: string;
  readonly #daemon: ChildProcess;

  /** @param socketPath the receiver's socket, relative to the folder */
  static async start(socketPath: string): Promise<LoopbackSshd> {
    const namespace = `tandem-ssh-${process.pid}-${made++}`;
    // Not under /tmp: sshd wants every directory above authorized_keys to be writable by root alone.
    const folder = mkdtempSync('/root/tandem-ssh-test-');
    execFileSync('ip', ['netns', 'add', namespace]);
    execFileSync('ip', ['-n', namespace, 'link', 'set', 'lo', 'up']);
    const key = await ensureReplicationKey(join(folder, 'keys'));
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, 'host')]);
    const hostKey = await readHostKey(join(folder, 'host.pub'));
    const sshd = new LoopbackSshd(namespace, folder, key, hostKey, socketPath);
    await sshd.#answers();
    return sshd;
  }

  private constructor(
    namespace: string,
    folder: string,
    key: ReplicationKey,
    hostKey: string,
    socketPath: string,
  ) {
    this.namespace = namespace;
    this.folder = folder;
    this.key = key;
    this.hostKey = hostKey;
    const command = this.command;
    writeFileSync(command, `#!/bin/sh\nexec ${node.join(' ')} ${bridge} ${join(folder, socketPath)}\n`);
    chmodSync(command, 0o755);
    writeFileSync(join(folder, 'authorized_keys'), `${authorizedKeyLine(key.publicKey, command)}\n`, {
      mode: 0o600,
    });
    writeFileSync(join(folder, 'sshd_config'), configuration(folder, this.port));
    mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
    this.#daemon = spawn('ip', [
      ...['netns', 'exec', namespace, '/usr/sbin/sshd', '-D'],
      ...['-E', join(folder, 'sshd.log'), '-f', join(folder, 'sshd_config')],
    ]);
  }

  /** The script that is the forced command. */
  get command(): string {
    return join(this.folder, 'receive');
  }

  /** The words that start a program where this sshd can be reached. */
  get inside(): readonly string[] {
    return ['ip', 'netns', 'exec', this.namespace];
  }

  stop(): void {
    this.#daemon.kill('SIGKILL');
    spawnSync('ip', ['netns', 'del', this.namespace]);
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #answers(): Promise<void> {
    const deadline = performance.now() + 60_000;
    const words = ['netns', 'exec', this.namespace, 'ssh-keyscan', '-p', `${this.port}`, '127.0.0.1'];
    while (spawnSync('ip', words).stdout.length === 0) {
      if (performance.now() > deadline) throw new Error('sshd does not answer');
      await pause(20);
    }
  }
}

function configuration(folder: string, port: number): string {
  return [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${join(folder, 'host')}`,
    `AuthorizedKeysFile ${join(folder, 'authorized_keys')}`,
    `PidFile ${join(folder, 'sshd.pid')}`,
    'PermitRootLogin forced-commands-only',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'UsePAM no',
    'Subsystem sftp internal-sftp',
    '',
  ].join('\n');
}
